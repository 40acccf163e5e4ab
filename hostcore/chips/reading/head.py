"""Reads the beginning of a chip file, which tells whether the whole file is worth reading."""

from __future__ import annotations

from pathlib import Path

import tomli

from hostcore.chips.reading.chip_file import LARGEST_FILE
from hostcore.chips.reading.values import read_distribution
from hostcore.errors import ConfigError
from hostcore.files import read_bounded
from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import KeyPath


@dataclass(frozen=True, slots=True)
class Head:
    """The keys above the first table. None of them is checked."""

    names: frozenset[str]
    """The names of the chip."""
    addresses: frozenset[int]
    libraries: frozenset[str]
    """Distributions on PyPI, as PyPI writes them."""


def read_head(path: Path) -> Head | None:
    """Return the head of a chip file; None if only the whole file can tell. Blocks while it reads the file."""
    try:
        text = read_bounded(path, LARGEST_FILE).decode("utf-8-sig")
        keys = tomli.loads(text.replace("\r\n", "\n").partition("\n[")[0])
        libraries = [read_distribution(each, KeyPath(str(path), "")) for each in keys.get("libraries", ())]
        names = frozenset([keys["name"], *keys.get("also", ())])
        if all(isinstance(each, str) for each in names):
            return Head(names, frozenset(keys["addresses"]), frozenset(libraries))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ConfigError):
        pass  # the error is told when the whole file is read
    return None
