"""The buses of the simulated Pi."""
