"""The hardware behind the buses: its interfaces, and a backend for each kind of machine."""
