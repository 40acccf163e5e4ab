"""Tries one driver under every fault on demand, on the simulated Pi and in virtual time."""
