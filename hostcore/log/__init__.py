"""The log: makes plugins' text safe for a terminal, and writes the log for people and programs."""
