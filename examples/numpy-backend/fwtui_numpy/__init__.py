"""NumPy as a framework of fwtui's, whose gradients are written by hand."""
