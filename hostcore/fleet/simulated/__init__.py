"""A simulated fleet: it publishes what many nodes would, with their troubles, for trying a screen or a broker."""
