"""Faults on demand, made above the backend of a bus, so that they also strike real devices."""
