"""The types of CircuitPython, which drivers name in annotations. Python never evaluates these, so anything will do.

The real package takes 160 ms to import.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return a type of this name."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Any
