"""The screen of a fleet: every node on a broker, the worst first, and the way into each of them."""
