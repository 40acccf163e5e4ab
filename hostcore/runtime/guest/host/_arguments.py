"""Checks arguments against their WIT types. A wrong value would end the instance without saying which one it was."""

from .errors import BusError


def number(name: str, value: int, bits: int) -> int:
    """Check that `value` is a whole number of up to `bits` bits, and return it.

    Raises:
        TypeError: it is not a whole number.
        BusError: it is out of range.
    """
    if not isinstance(value, int):
        raise TypeError(f"{name} is {_kind(value)}; a whole number is needed")
    if not 0 <= value < 1 << bits:
        raise BusError(f"no such access: {name} {_shown(value)}; 0 to {(1 << bits) - 1} are possible")
    return value


def text(name: str, value: str) -> str:
    """Check that `value` is text, and return it. Raises TypeError if it is not."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {_kind(value)}; text is needed")
    return value


def _kind(value: object) -> str:
    shown = repr(value) if isinstance(value, (str, bytes, float, int, type(None))) else ""
    return f"{shown[:40]} ({type(value).__name__})" if shown else f"of type {type(value).__name__}"


def _shown(value: int) -> str:
    return str(value) if abs(value) < 10**20 else "of more than 20 digits"
