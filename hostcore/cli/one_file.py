"""A plugin's file that a person names, wherever it lies: its plugin's name, and permissions from the command line."""

from __future__ import annotations

import re
from pathlib import Path

from hostcore.config.model import Config
from hostcore.config.values import check_plugin_name
from hostcore.errors import HostError
from hostcore.permissions import Permission, parse_permission
from hostcore.reload.discovery import SUFFIXES
from hostcore.toml.reader import shown

LONGEST_NAME = 32
"""The most characters of a plugin's name (`hostcore.config.values.check_plugin_name`)."""


def existing_file(file: Path) -> Path:
    """Return the absolute path of a plugin's file. Raises HostError if it cannot be one, or does not exist."""
    if file.suffix not in SUFFIXES:
        raise HostError(f"{file}: found the suffix {shown(file.suffix)}, allowed are {' and '.join(SUFFIXES)}")
    if not file.is_file():
        raise HostError(f"{file}: no such file")
    return file.absolute()


def plugin_name(file: Path) -> str:
    """Return a name for the file that a plugin can have, near to its own: ``My Script.py`` becomes ``my_script``."""
    name = re.sub("[^a-z0-9_-]", "_", file.stem.lower())[:LONGEST_NAME]
    try:
        return check_plugin_name(name)
    except ValueError:
        return f"file_{name}"[:LONGEST_NAME]


def granted(text: str, config: Config) -> Permission:
    """Return a permission of the command line. Raises HostError if it is none, or host.toml has not its bus."""
    try:
        permission = parse_permission(text)
    except ValueError as rule:
        raise HostError(f"found {shown(text)}, allowed is {rule}") from None
    bus = permission.bus_name
    if bus is not None and config.bus(bus) is None:
        raise HostError(f"{text}: {config.path} lists no bus {bus}; add [buses.{bus}] there")
    return permission
