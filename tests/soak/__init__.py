"""Checks that nothing grows in the long run: ``python -m tests.soak``."""
