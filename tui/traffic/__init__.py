"""The transfers on the buses."""
