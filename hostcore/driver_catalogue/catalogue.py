"""Reads `drivers.toml`, which ``make drivers`` writes from its trial of packages (`tests/drivers/catalogue.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import tomli

from hostcore.quick_dataclass import dataclass

FILE = Path(__file__).resolve().parent / "drivers.toml"
"""The catalogue that comes with the host."""
SHIPPED: Mapping[str, str] = MappingProxyType(
    {"aht20": "aht20", "bh1750": "bh1750", "bme680": "bme680", "ssd1306": "oled"}
)
"""The plugin of this project for each chip that has one, by the key of the chip file."""


class Trial(IntEnum):
    """How far a package came, the best first."""

    RIGHT = 0
    """It read from the simulated chip what this project's own driver reads."""
    READ = 1
    """It completed a reading on a register file that took the chip's place. Nobody compared its values."""
    IMPORTED = 2
    """It can be imported, and no reading could be tried or completed."""
    FAILED = 3
    """It cannot be imported, or not be fetched as pure Python."""
    NOT_TRIED = 4
    """Nobody tried it: only its name is known."""


@dataclass(frozen=True, slots=True)
class LibraryDriver:
    """A package of PyPI that drives a chip."""

    package: str
    """Its name, as indexes spell it (PEP 503)."""
    chips: tuple[str, ...] = ()
    """The chips that it drives, by the keys of their chip files."""
    version: str = ""
    """The version that was tried; "" if none was."""
    imports: str = ""
    """The statement that imports its class; "" if it is not known."""
    class_name: str = ""
    """The class of the trial with its module, such as ``adafruit_bh1750.BH1750``; "" if a reading needs none."""
    trial: Trial = Trial.NOT_TRIED
    problem: str = ""
    """What stopped it in the trial, one line; "" if nothing did."""


class Catalogue:
    """The packages by name and by chip.

    Args:
        drivers: all packages.
    """

    def __init__(self, drivers: Iterable[LibraryDriver]) -> None:
        self._drivers = {each.package: each for each in drivers}

    def package(self, name: str) -> LibraryDriver | None:
        """Return the package of this name (PEP 503); None if it was not tried."""
        return self._drivers.get(name)

    def packages(self) -> tuple[LibraryDriver, ...]:
        """Return all packages, in the order of their names."""
        return tuple(self._drivers[name] for name in sorted(self._drivers))

    def for_chip(self, chip: str, others: Iterable[str] = ()) -> tuple[LibraryDriver, ...]:
        """Return the packages for a chip. Those that came farthest in the trial are first.

        Of equally good ones, those of Adafruit are first: they are one family, and all are used alike.

        Args:
            chip: the key of its chip file, such as ``bme280``.
            others: further packages that a chip file names. Those that are not in the catalogue come last.
        """
        found = [each for each in self._drivers.values() if chip in each.chips]
        found += [LibraryDriver(name, (chip,)) for name in others if name not in self._drivers]
        return tuple(
            sorted(found, key=lambda each: (each.trial, not each.package.startswith("adafruit"), each.package))
        )


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with the host. Blocks for some milliseconds the first time."""
    return read_catalogue(FILE)


def read_catalogue(file: Path) -> Catalogue:
    """Read a catalogue, which this project wrote."""
    tables = tomli.loads(file.read_text(encoding="utf-8"))
    return Catalogue(
        LibraryDriver(
            package,
            tuple(table["chips"]),
            table["version"],
            table.get("import", ""),
            table.get("class", ""),
            Trial[table["trial"].upper()],
            table.get("problem", ""),
        )
        for package, table in tables.items()
    )
