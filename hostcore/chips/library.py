"""The chip files at hand, read when they are first needed: those that come with the host, and a person's own."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from string import digits
from typing import TYPE_CHECKING

from hostcore.chips.model import Chip
from hostcore.errors import ConfigError

if TYPE_CHECKING:
    from hostcore.chips.reading.head import Head

SHIPPED = Path(__file__).resolve().parent
"""The folder of the chip files that come with the host."""
MOST_FILES = 1000
"""The most chip files of one folder. Further ones are left out: it is not a folder of chip files."""

MOST_DRIVERS = 512
"""Drivers whose chips are kept in mind."""


class Library:
    """Chips by name, address and driver. Can be used by several threads.

    Nothing is read when it is made. A file that changes later is not read again.

    Args:
        folders: the folders with chip files. A file in a later folder replaces one of the same name in an earlier one.
            A folder that does not exist is empty.
    """

    def __init__(self, folders: Sequence[Path] = (SHIPPED,)) -> None:
        self._folders = folders
        self._problems: list[ConfigError] = []
        self._lock = threading.Lock()
        self._paths: dict[str, Path] | None = None
        self._chips: dict[str, Chip | None] = {}
        self._heads: dict[str, Head | None] = {}
        self._at: dict[int, tuple[Chip, ...]] = {}
        self._drivers: dict[tuple[str, tuple[str, ...]], tuple[Chip, ...]] = {}

    @property
    def problems(self) -> tuple[ConfigError, ...]:
        """What is wrong with files that were read and cannot be used. They are left out."""
        with self._lock:
            return tuple(self._problems)

    def names(self) -> tuple[str, ...]:
        """Return the names of all chip files, without ``.toml``, in order. Reads folders, but no file."""
        with self._lock:
            return tuple(sorted(self._files()))

    def chip(self, name: str) -> Chip | None:
        """Return the chip of the file ``NAME.toml``, or None if there is no such file, or none that can be used.

        Blocks while the file is read for the first time, for some milliseconds.
        """
        with self._lock:
            return self._read(name)

    def named(self, name: str) -> Chip | None:
        """Return the chip of a file, or else the chip with one of these names: ``sht3x``, ``SHT31-D``.

        Capital letters and punctuation do not matter. Blocks like `at` if there is no such file.
        """
        squeezed = _squeezed(name)
        with self._lock:
            found = self._read(squeezed) or self._fitting(lambda key, head: squeezed in _words(key, head.names))
        return found if isinstance(found, Chip) else next(iter(found), None)

    def all(self) -> tuple[Chip, ...]:
        """Return all chips in the order of their names. Blocks for about 0.2 s the first time."""
        with self._lock:
            return self._all()

    def at(self, address: int) -> tuple[Chip, ...]:
        """Return the chips that may have a 7-bit address, the most common one first.

        The first call blocks for some hundredths of a second, to read the beginning of each file. The first one for an
        address blocks for some milliseconds, to read the files of its chips.
        """
        with self._lock:
            if address not in self._at:
                self._at[address] = self._fitting(lambda _, head: address in head.addresses)
            return tuple(chip for chip in self._at[address] if address in chip.addresses)

    def for_driver(self, plugin_name: str, libraries: Sequence[str] = ()) -> tuple[Chip, ...]:
        """Return the chips that a driver is for, the most common one first; none if nothing says so.

        A driver is for the chips that its libraries drive. If they drive none, or more than one, its name decides, if
        a part of it is a chip's name: ``bme280_garden`` is for the BME280. Blocks like `at`.

        Args:
            plugin_name: the plugin's name.
            libraries: names of distributions on PyPI, as PyPI writes them.
        """
        asked = plugin_name, tuple(libraries)
        found = self._drivers.get(asked)
        if found is None:
            if len(self._drivers) >= MOST_DRIVERS:
                self._drivers.clear()
            found = self._drivers[asked] = self._for_driver(*asked)
        return found

    def _for_driver(self, plugin_name: str, libraries: Sequence[str]) -> tuple[Chip, ...]:
        wanted, parts = set(libraries), {*re.split("[-_]", plugin_name), _squeezed(plugin_name)}

        def may_fit(key: str, head: Head) -> bool:
            return not wanted.isdisjoint(head.libraries) or not parts.isdisjoint(_words(key, head.names))

        with self._lock:
            chips = self._fitting(may_fit)
        driven = [chip for chip in chips if not wanted.isdisjoint(chip.libraries)]
        if len(driven) == 1:
            return tuple(driven)
        named = [chip for chip in driven or chips if not parts.isdisjoint(_words(chip.key, chip.names))]
        return tuple(named or driven)

    def _fitting(self, may_fit: Callable[[str, Head], bool]) -> tuple[Chip, ...]:
        """Return the chips whose names and heads may fit, the most common one first, and those without a head."""
        from hostcore.chips.reading.head import read_head  # noqa: PLC0415 - the start of a host does not wait for it

        fitting = list[Chip]()
        for name, path in sorted(self._files().items()):
            if name not in self._heads:
                self._heads[name] = read_head(path)
            head = self._heads[name]
            if (head is None or may_fit(name, head)) and (chip := self._read(name)):
                fitting.append(chip)
        return tuple(sorted(fitting, key=lambda chip: -chip.popularity))

    def _all(self) -> tuple[Chip, ...]:
        chips = (self._read(name) for name in sorted(self._files()))
        return tuple(chip for chip in chips if chip is not None)

    def _read(self, name: str) -> Chip | None:
        if name not in self._chips:
            path = self._files().get(name)
            if path is None:
                return None
            self._chips[name] = self._usable(path)
        return self._chips[name]

    def _usable(self, path: Path) -> Chip | None:
        from hostcore.chips.reading import read_chip_file  # noqa: PLC0415 - like `read_head`

        try:
            return read_chip_file(path)
        except ConfigError as error:
            self._problems.append(error)
            return None

    def _files(self) -> dict[str, Path]:
        """Return the path of each chip file by its name."""
        if self._paths is None:
            self._paths = {path.stem: path for folder in self._folders for path in self._files_in(folder)}
        return self._paths

    def _files_in(self, folder: Path) -> list[Path]:
        try:
            found = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        except FileNotFoundError:
            return []
        except OSError as error:
            self._problems.append(
                ConfigError(f"the folder of chip files cannot be read: {error.strerror}", file=str(folder))
            )
            return []
        if len(found) > MOST_FILES:
            problem = f"found {len(found)} chip files, allowed are {MOST_FILES}; the others are left out"
            self._problems.append(ConfigError(problem, file=str(folder)))
        return found[:MOST_FILES]


@cache
def shipped_library() -> Library:
    """Return the chips that come with the host. Nothing is read yet."""
    return Library()


@cache
def library_with(own: Path | None) -> Library:
    """Return the chips that come with the host and those of a person. Nothing is read yet.

    Args:
        own: the person's folder of chip files (`HostFacts.chips_folder`); None if there is none.
    """
    return Library((SHIPPED, own)) if own is not None else shipped_library()


def _words(key: str, names: Collection[str]) -> Collection[str]:
    """Return the names of a chip, squeezed. A small x in a name is any digit: the SHT3x are SHT30, SHT31, SHT35."""
    spelled = {each.replace("x", digit) for each in names for digit in digits}
    return {key, *map(_squeezed, (*names, *spelled))}


def _squeezed(name: str) -> str:
    """Return a chip's or plugin's name as its file would be called: small letters and digits."""
    return re.sub("[^a-z0-9]", "", name.lower())
