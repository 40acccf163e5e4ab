"""How fast and how small the host is, each figure beside a baseline of the same run: ``python -m tests.bench``."""
