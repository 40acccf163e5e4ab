"""See `circuitpython_typing`."""

from circuitpython_typing import __getattr__

__all__ = ["__getattr__"]
