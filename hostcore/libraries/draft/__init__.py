"""Drafts a plugin for a library: finds the driver's class and its measurements in the source, which never runs."""
