"""The host without a screen: sandboxed sensor drivers, the buses they use, and the events they cause."""

__version__ = "0.1.0"
