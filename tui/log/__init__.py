"""The log of all plugins."""
