"""fwtui: one small network trained in TensorFlow and in PyTorch, side by side in a terminal."""
