"""What every part of fwtui speaks in; it knows nothing of the others."""
