"""The buses of a Linux kernel."""
