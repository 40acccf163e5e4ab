"""Commands over the broker: what is refused, what a command does, and the live screens."""
