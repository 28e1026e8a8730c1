"""`python -m fwtui` is `fwtui`."""

from fwtui.cli import main

if __name__ == "__main__":
    main()
