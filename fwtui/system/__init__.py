"""What fwtui asks of the operating system. It knows nothing of lanes and frameworks."""
