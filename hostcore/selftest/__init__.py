"""The self-test of a Pi: what this computer is, whether its wired lines and ports carry data, and how fast it is."""
