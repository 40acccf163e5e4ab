"""Arguments that fit their WIT types: what does not would end the instance without a word of what and where."""

from .errors import BusError


def number(name: str, value: int, bits: int) -> int:
    """`value`, if it is a whole number that so many bits hold.

    Raises:
        TypeError: it is no whole number.
        BusError: it is too small or too large.
    """
    if not isinstance(value, int):
        raise TypeError(f"{name} is {_kind(value)}; a whole number is needed")
    if not 0 <= value < 1 << bits:
        raise BusError(f"no such access: {name} {_shown(value)}; 0 to {(1 << bits) - 1} are possible")
    return value


def text(name: str, value: str) -> str:
    """`value`, if it is text; else TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {_kind(value)}; text is needed")
    return value


def _kind(value: object) -> str:
    shown = repr(value) if isinstance(value, (str, bytes, float, int, type(None))) else ""
    return f"{shown[:40]} ({type(value).__name__})" if shown else f"of type {type(value).__name__}"


def _shown(value: int) -> str:
    return str(value) if abs(value) < 10**20 else "of more than 20 digits"
