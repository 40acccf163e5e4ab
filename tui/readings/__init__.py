"""The live readings of all drivers."""
