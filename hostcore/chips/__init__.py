"""Chips as chip files describe them: registers, commands, identities and limits."""
