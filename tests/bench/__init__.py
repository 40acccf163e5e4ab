"""Benchmarks of the host's speed and size, each beside a baseline of the same run: ``python -m tests.bench``."""
