"""Whether anything grows in the long run: ``python -m tests.soak``."""
