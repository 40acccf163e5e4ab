"""The screen on which a person steps through a replay: the source, its variables, its transfers."""
