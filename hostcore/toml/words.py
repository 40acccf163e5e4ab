"""Words of errors about TOML files: what is allowed, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_SHOWN = 60
"""The most characters of a value that an error message quotes."""


def one_of(names: Iterable[str]) -> str:
    """Return the names as an enumeration: ``a, b or c``."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def nearest(found: str, names: Iterable[str]) -> str:
    """Return advice such as ``; did you mean 'interval'?``, or "" if no name is similar."""
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it

    close = get_close_matches(found[:LONGEST_SHOWN], list(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
