"""What a bus is made of: one abstract base, and a backend for each kind of machine."""
