"""Steps through a traced replay, forward and back: the lines of a driver, its variables and its transfers."""
