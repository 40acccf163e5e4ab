"""Names that a shell offers: those of plugins, buses and chips, which depend on the settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from hostcore.actuation import COLORS
from hostcore.chips.library import library_with
from hostcore.cli.offered import Names
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.config.values import chips_folder
from hostcore.place import BusKind
from hostcore.reload.discovery import plugin_files

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""bash expands the words that it offers: a name such as ``$(reboot)`` would be run."""


def print_names(config_file: Path | None, names: Names) -> int:
    """Print names, one a line. Blocks for about 0.1 s.

    Args:
        config_file: the settings file that the person named, if any.
        names: which ones.

    Returns:
        0.

    Raises:
        ConfigError: the settings cannot be used.
    """
    for name in harmless(_FOUND[names](find_config(config_file, Path.cwd()))):
        print(name)
    return 0


def config_in(line: str) -> Path | None:
    """Return the settings file that a command line names, which may not be complete yet; None if it names none."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quote that is still open
        words = line.split()
    named = [after for before, after in pairwise(words) if before == "--config"]
    named += [word.removeprefix("--config=") for word in words if word.startswith("--config=")]
    return Path(named[-1]).expanduser() if named else None


def harmless(names: Iterable[str]) -> list[str]:
    """Return the names that no shell mistakes for anything else, in order."""
    return sorted({name for name in names if _HARMLESS.fullmatch(name)})


def _plugins(settings: Path) -> Iterator[str]:
    config = load_config(settings)
    yield from (each.name for each in config.plugins)
    yield from (each.stem for each in plugin_files(config))


def _buses(settings: Path) -> Iterator[str]:
    return (str(bus.name) for bus in load_config(settings).buses)


def _i2c_buses(settings: Path) -> Iterator[str]:
    return (str(bus.name) for bus in load_config(settings).buses if bus.name.kind is BusKind.I2C)


def _chips(settings: Path) -> Iterator[str]:
    return iter(library_with(chips_folder(settings)).names())


def _readings(settings: Path) -> Iterator[str]:
    from hostcore.history.answers import series_in  # noqa: PLC0415 - imports sqlite3

    file = load_config(settings).history.file
    return (each.name for each in series_in(file)) if file else iter(())


def _relays(settings: Path) -> Iterator[str]:
    return (each.name for each in load_config(settings).relays)


_FOUND: Mapping[Names, Callable[[Path], Iterator[str]]] = MappingProxyType(
    {
        Names.PLUGINS: _plugins,
        Names.BUSES: _buses,
        Names.I2C_BUSES: _i2c_buses,
        Names.CHIPS: _chips,
        Names.READINGS: _readings,
        Names.RELAYS: _relays,
        Names.COLORS: lambda _settings: iter(COLORS),
    }
)
