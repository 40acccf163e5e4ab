"""The order in which people sort names."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)", re.ASCII)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts texts as people do: ``pi2`` before ``pi10``."""
    pieces = _DIGITS.split(text)
    return tuple((int(each), "") if place % 2 else (-1, each) for place, each in enumerate(pieces))
