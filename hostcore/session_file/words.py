"""A recording in a few words."""

from __future__ import annotations

MINUTE, HOUR = 60, 3_600
"""Seconds."""
KB, MB = 1_000, 1_000_000
"""Bytes."""


def in_short(seconds: float, size: int) -> str:
    """Return how long and how large a recording is: ``0:12 1.2 MB``."""
    return f"{length(seconds)} {size / MB:.1f} MB" if size >= MB else f"{length(seconds)} {size // KB} kB"


def length(seconds: float) -> str:
    """Return a time as players show it: ``0:12``, ``1:02:03``."""
    whole = int(seconds)
    if whole >= HOUR:
        return f"{whole // HOUR}:{whole % HOUR // MINUTE:02}:{whole % MINUTE:02}"
    return f"{whole // MINUTE}:{whole % MINUTE:02}"
