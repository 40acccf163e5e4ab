"""Readings on their way to the broker: numbered, held until it has confirmed them, and sent late if it was away."""
