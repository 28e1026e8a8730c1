"""What fwtui asks of the operating system; it knows nothing of lanes and frameworks."""
