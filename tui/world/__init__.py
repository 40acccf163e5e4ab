"""The simulated world: its quantities and chips, which a person changes to learn, to show something, or to test."""
