"""What host.toml may say, as frozen dataclasses; host.toml itself documents every key.

An annotation holds the range of its key, which `hostcore.config_reader` enforces.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from hostcore.config_reader import Place, integer, named, number, parsed, read_table
from hostcore.config_simulation import read_chip, read_environment
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Quantity, Signal
from hostcore.events import Level
from hostcore.permissions import LAST_BUS, PORT_PATTERN, Permission, parse_permission

RESERVED_NAME = "timestamp"
"""No plugin's name: this key of a round's readings holds the time."""
DEEPEST_SETTINGS = 16
"""How many tables and arrays may be nested in a plugin's settings."""

_PLUGIN_NAME = "[a-z][a-z0-9_-]{0,31}"
_NUMBERED_BUS = "(i2c|spi)-(0|[1-9][0-9]{0,2})"


def check_plugin_name(name: str) -> None:
    """Raise ValueError, which says what is allowed, unless a plugin may have this name."""
    if name == RESERVED_NAME or re.fullmatch(_PLUGIN_NAME, name) is None:
        raise ValueError(
            "a plugin's name: a small letter, then up to 31 small letters, digits, '_' or '-'; "
            f"but not {RESERVED_NAME!r}, which is the readings' time"
        )


def check_bus_name(name: str) -> None:
    """Raise ValueError, which says what is allowed, unless this names a bus."""
    numbered = re.fullmatch(_NUMBERED_BUS, name)
    if (
        (numbered and int(numbered[2]) <= LAST_BUS)
        or re.fullmatch(f"uart-{PORT_PATTERN}", name)
        or name in {"gpio", "system"}
    ):
        return
    raise ValueError(f"i2c-N or spi-N with N 0 to {LAST_BUS}, gpio, system, or uart-PORT such as uart-serial0")


def user_folder(variable: str, otherwise: str) -> Path | None:
    """The folder that an XDG variable names, else `otherwise` in the person's home, else None: nobody's home is known.

    Source: XDG Base Directory Specification 0.8, which also has relative paths ignored.
    """
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named
    try:
        return Path.home() / otherwise
    except RuntimeError:
        return None


def read_json(found: object, at: Place) -> str:
    """Read a table of what JSON knows into the text of a JSON object."""
    _check_json(read_table(found, at), at, DEEPEST_SETTINGS)
    return json.dumps(found, ensure_ascii=False)


def _check_json(found: object, at: Place, levels: int) -> None:
    match found:
        case bool() | str():
            return
        case int() if found.bit_length() < 64:
            return
        case float() if math.isfinite(found):
            return
        case dict() | list() if levels == 0:
            raise at.error(f"found more than {DEEPEST_SETTINGS} levels of tables and arrays, allowed are so many")
        case dict():
            for key, value in found.items():
                _check_json(value, at / key, levels - 1)
        case list():
            for index, value in enumerate(found):
                _check_json(value, at / index, levels - 1)
        case _:
            raise at.wrong(found, "what JSON knows: text, finite numbers of 64 bits, true, false, arrays and tables")


Seconds = Annotated[float, number(0.05, 3600, "seconds")]
MemoryMib = Annotated[int, integer(16, 1024, "MiB")]
CallSeconds = Annotated[float, number(0.01, 600, "seconds")]


@dataclass(frozen=True, slots=True)
class HostSettings:
    """``[host]``."""

    interval: Seconds = 2.0
    """Seconds from one round of readings to the next."""
    plugins_folder: Path = Path("plugins")
    """The folder of plugins; absolute once loaded."""
    log_level: Level = Level.INFO
    """The least important lines that are shown."""
    cache_folder: Path | None = None
    """The folder of compiled components; absolute once loaded. None: nobody's home is known and the file names none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``[limits]``, and what holds for one plugin."""

    memory_mib: MemoryMib = 64
    """The most memory a plugin may have, MiB."""
    call_seconds: CallSeconds = 5.0
    """The longest that one call of a plugin may take, in seconds; its own sleeping counts."""


@dataclass(frozen=True, slots=True)
class LimitChanges:
    """``[plugins.NAME.limits]``: None is what ``[limits]`` says."""

    memory_mib: MemoryMib | None = None
    """See `Limits`."""
    call_seconds: CallSeconds | None = None
    """See `Limits`."""

    def applied_to(self, limits: Limits) -> Limits:
        """The limits that hold for this plugin."""
        return Limits(
            limits.memory_mib if self.memory_mib is None else self.memory_mib,
            limits.call_seconds if self.call_seconds is None else self.call_seconds,
        )


class Backend(StrEnum):
    """What stands behind a bus."""

    AUTO = "auto"
    """The kernel's device where this machine has one, else the simulated one."""
    LINUX = "linux"
    """The kernel's device."""
    SIMULATED = "simulated"
    """The simulated Pi's."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """``[buses.NAME]``."""

    name: str
    """``i2c-1``, ``spi-0``, ``gpio``, ``uart-serial0`` or ``system``."""
    backend: Backend = Backend.AUTO
    """What stands behind it."""

    @property
    def kind(self) -> str:
        """``i2c``, ``spi``, ``gpio``, ``uart`` or ``system``."""
        return self.name.partition("-")[0]

    @property
    def unit(self) -> str:
        """Which one of its kind: ``1`` for ``i2c-1``, ``serial0`` for ``uart-serial0``; empty for gpio and system."""
        return self.name.partition("-")[2]


DEFAULT_BUSES = tuple(BusSettings(name) for name in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system"))
"""What a file without ``[buses]`` means: what a Raspberry Pi has on its 40-pin header."""


@dataclass(frozen=True, slots=True)
class PluginTable:
    """``[plugins.NAME]`` as the file has it; `hostcore.config.merge_plugins` makes `PluginSettings` of it."""

    name: str
    """The plugin's name."""
    enabled: bool = True
    """Whether it runs."""
    interval: Seconds | None = None
    """Seconds between two of its turns; None is the host's."""
    path: Path | None = None
    """Its file, absolute once loaded; None is the file of its name in the plugins folder."""
    permissions: tuple[Annotated[Permission, parsed(parse_permission)], ...] = ()
    """All that it may touch."""
    limits: LimitChanges = LimitChanges()
    """Where its limits differ."""
    settings: Annotated[str, read_json] = "{}"
    """Its own settings, the text of a JSON object."""


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """All that the host was told about one plugin, with the defaults filled in."""

    name: str
    """The plugin's name; unique."""
    path: Path
    """Its file, absolute. Nobody has looked whether it exists."""
    enabled: bool
    """Whether it runs."""
    interval: float
    """Seconds between two of its turns."""
    permissions: tuple[Permission, ...]
    """All that it may touch."""
    limits: Limits
    """What it may use up."""
    settings: str
    """Its own settings, the text of a JSON object."""


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """``[simulation]``: the simulated Pi's chips and the room they are in."""

    seed: Annotated[int, integer(0, 2**32 - 1)] = 1
    """Another seed gives other noise."""
    chips: tuple[Annotated[SimulatedChip, read_chip], ...] = ()
    """What is wired to the simulated buses."""
    environment: Annotated[Mapping[Quantity, Signal], read_environment] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """How the quantities move that do not follow `hostcore.devices.environment.DEFAULT_SIGNALS`."""


@dataclass(frozen=True, slots=True)
class Config:
    """One settings file."""

    path: Path
    """The file, absolute."""
    host: HostSettings = HostSettings()
    """The host's own settings."""
    limits: Limits = Limits()
    """What a plugin may use up unless its own table says otherwise."""
    buses: Annotated[tuple[BusSettings, ...], named(BusSettings, check_bus_name)] = DEFAULT_BUSES
    """The buses that plugins can be given, in the file's order."""
    plugins: Annotated[tuple[PluginTable, ...], named(PluginTable, check_plugin_name)] = ()
    """What the file says about plugins, in its order."""
    simulation: SimulationSettings = field(default_factory=SimulationSettings)
    """The simulated Pi."""

    def bus(self, name: str) -> BusSettings | None:
        """The bus with this name, or None where the file lists none."""
        return next((bus for bus in self.buses if bus.name == name), None)

    @property
    def default_i2c_bus(self) -> int | None:
        """The bus of a plugin that names none: the number of the file's first I2C bus, or None without any."""
        return next((int(bus.unit) for bus in self.buses if bus.kind == "i2c"), None)
