"""Lets commands use the buses of a running host, and keeps a second host off its settings."""
