"""The fleet: what many nodes publish to a broker, folded into one read model; and a fleet that is simulated."""
