"""Nets of fwtui's workloads in NumPy; a module is named as the workload's package."""
