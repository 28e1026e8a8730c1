"""What runs in a lane's process: step loop, control, records, float64 reference, graphs and op logs.

It needs NumPy and one framework.
"""
