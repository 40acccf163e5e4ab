"""Kinds of arguments that several commands share."""

from __future__ import annotations

import argparse
import re
from typing import Any

Commands = Any
"""What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
LONGEST_SECONDS = 100 * 366 * 86_400
"""The longest duration, about a century."""


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


def duration(text: str) -> int:
    """Read a duration, such as ``90s`` or ``15m``, as seconds."""
    found = duration_seconds(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration, such as 90s, 15m, 6h, 2d or 1w")
    return found


def duration_seconds(text: str) -> int | None:
    """Return the seconds of a duration; None if it is none, or too long."""
    found = re.fullmatch(r"(\d{1,10})([smhdw])", text, re.ASCII)
    total = int(found[1]) * _UNITS[found[2]] if found else -1
    return total if 0 <= total <= LONGEST_SECONDS else None


def port(text: str) -> int:
    """Read a TCP port; 0 chooses a free one."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def web_host(text: str) -> str:
    """Read an address or name on which the web listens."""
    from hostcore.config.web import parse_web_host  # noqa: PLC0415

    try:
        return parse_web_host(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None


def computer_for_ssh(text: str) -> str:
    """Read a computer that ssh connects to."""
    from hostcore.control.ssh import check_target  # noqa: PLC0415

    try:
        return check_target(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None
