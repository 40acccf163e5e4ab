"""Faults on demand: the list of those that are on, and the form for another one."""
