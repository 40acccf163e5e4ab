"""Versions of a driver that tells which one it is."""

from __future__ import annotations

from tests.supervised import SupervisedHost

OTHER = "def read(): return {}\n"


def version(number: int) -> str:
    """A driver that tells its version, and how often this instance has read."""
    return f"""
        count = 0
        def read():
            global count
            count += 1
            return {{"version": {number}, "count": count}}
    """


def reads(supervised: SupervisedHost, number: int) -> None:
    """Wait until the plugin reads with this version."""
    supervised.reading("plugin", lambda reading: reading.get("version") == number)
