"""Keeps plugins alive: one thread each, their states, and what happens after a crash."""
