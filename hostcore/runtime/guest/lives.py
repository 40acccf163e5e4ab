"""Counts the lives of the plugin in this instance. A new one begins after each reported error, and with each run of a
script.

A plugin's `setup` then makes its devices again, although it still holds the old ones. A module that refuses a second
user of a line lets the new life replace the user of an old one.
"""


class _Lives:
    count = 0


def current() -> int:
    """Return the number of the present life."""
    return _Lives.count


def begin() -> None:
    """Begin a new life."""
    _Lives.count += 1
