"""Kinds of arguments that several commands share."""

from __future__ import annotations

import argparse
from typing import Any

Commands = Any
"""What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""


def positive(text: str) -> int:
    """Read a whole number of 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def seconds(text: str) -> float:
    """Read a number of seconds, more than 0 and at most a year."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 366 * 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, more than 0 and at most a year")
    return found
