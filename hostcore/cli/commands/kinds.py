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


def broker(text: str) -> str:
    """Read the URL of an MQTT broker."""
    from hostcore.broker.settings import parse_broker  # noqa: PLC0415

    try:
        parse_broker(text)
    except ValueError as allowed:
        found = "the text" if "@" in text else repr(text)  # it may have a password, and error messages end in logs
        raise argparse.ArgumentTypeError(f"{found} is not {allowed}") from None
    return text


def computer_for_ssh(text: str) -> str:
    """Read a computer that ssh connects to."""
    from hostcore.control.ssh import check_target  # noqa: PLC0415

    try:
        return check_target(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from None


def wire(text: str) -> tuple[int, int]:
    """Read two GPIO lines that are wired together, such as ``16-20``."""
    from hostcore.selftest.wires import LAST_LINE, RESERVED_LINES  # noqa: PLC0415

    found = [int(each) for each in text.split("-") if each.isascii() and each.isdecimal() and len(each) <= 2]
    if len(found) != 2 or text.count("-") != 1 or found[0] == found[1] or max(found) > LAST_LINE:
        raise argparse.ArgumentTypeError(f"{text!r} is not two GPIO lines from 0 to {LAST_LINE}, such as 16-20")
    if taken := [each for each in found if each in RESERVED_LINES]:
        raise argparse.ArgumentTypeError(f"GPIO line {taken[0]} belongs to I2C, SPI or the serial port; take 16-20")
    return found[0], found[1]


def spi_device(text: str) -> tuple[int, int]:
    """Read a bus and a chip select, such as ``0.0``."""
    from hostcore.place import LAST_BUS  # noqa: PLC0415

    parts = text.split(".")
    if len(parts) != 2 or not all(each.isascii() and each.isdecimal() and int(each[:4]) <= LAST_BUS for each in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a bus and a chip select, such as 0.0")
    return int(parts[0]), int(parts[1])


def uart_port(text: str) -> str:
    """Read the name of a serial port, such as ``serial0``, also as the path of its device file."""
    from hostcore.place import PORT_PATTERN  # noqa: PLC0415

    name = text.removeprefix("/dev/")
    if not re.fullmatch(PORT_PATTERN, name):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a serial port, such as serial0")
    return name
