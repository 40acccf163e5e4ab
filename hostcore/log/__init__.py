"""Plugin text made safe for a terminal, and the log for people and programs."""
