"""Every transfer on the buses."""
