"""The socket of a running host, for commands and attached screens, and the lock that keeps a second host away."""
