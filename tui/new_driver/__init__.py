"""A new driver: the drivers for the chips that were found, and the way from a choice to its first reading."""
