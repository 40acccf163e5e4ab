"""Kinds of arguments for which a shell offers something (`hostcore.cli.completion`). Each is a ``type`` of argparse.

They take any text, because the command itself can say better what is wrong with it. For a `pathlib.Path`, a shell
offers files.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Names(StrEnum):
    """Lists of names that depend on the settings; `hostcore.cli.offered_names` finds them."""

    PLUGINS = "plugins"
    BUSES = "buses"
    I2C_BUSES = "i2c-buses"
    CHIPS = "chips"
    READINGS = "readings"
    RELAYS = "relays"
    COLORS = "colors"


def plugin(text: str) -> str:
    """Take the name of a plugin."""
    return text


def plugin_or_file(text: str) -> str:
    """Take the name of a plugin, or the path of a driver's file."""
    return text


def bus(text: str) -> str:
    """Take a bus such as ``i2c-1`` or ``spi-0``."""
    return text


def i2c_bus(text: str) -> str:
    """Take an I2C bus such as ``1`` or ``i2c-1``."""
    return text


def reading(text: str) -> str:
    """Take the name of a stored reading, such as ``bme680.temperature``."""
    return text


def relay(text: str) -> str:
    """Take the name of a relay."""
    return text


def color(text: str) -> str:
    """Take the name of a colour, or its hexadecimal digits."""
    return text


def chip(text: str) -> str:
    """Take the name of a chip, or of its file without ``.toml``."""
    return text


def file_or_dash(text: str) -> str:
    """Take the path of a file, or ``-`` for standard output."""
    return text


def folder(text: str) -> Path:
    """Take the path of a folder."""
    return Path(text)
