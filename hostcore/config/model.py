"""What host.toml may say, as frozen dataclasses; host.toml itself documents every key.

An annotation holds the range of its key, which `hostcore.config.reader` enforces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from hostcore.config.actuators import LedsSettings, RelaySettings, check_relay_name
from hostcore.config.reader import changes_to, choice, integer, named, number, parsed
from hostcore.config.simulation import read_chip, read_environment
from hostcore.config.values import check_plugin_name, parse_sha256, parse_shared, read_json
from hostcore.config.web import SHORTEST_TOKEN, is_loopback, parse_web_host, read_token
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Quantity, Signal
from hostcore.events import Level
from hostcore.log.plugin_log import LINES_PER_SECOND, MAX_LINE
from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusKind, BusName

Seconds = Annotated[float, number(0.05, 3600, "seconds")]


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

    memory_mib: Annotated[int, integer(16, 1024, "MiB")] = 64
    """The most memory a plugin may have, MiB."""
    call_seconds: Annotated[float, number(0.01, 600, "seconds")] = 5.0
    """The longest that one call of a plugin may take, in seconds; its sleeping and its wait for a bus count."""
    log_lines_per_second: Annotated[int, integer(1, 10_000)] = LINES_PER_SECOND
    """Log lines beyond so many a second are only counted."""
    log_line_length: Annotated[int, integer(80, 20_000, "characters")] = MAX_LINE
    """What a log line has beyond so many characters is only counted."""
    bus_share: Annotated[float, number(0.01, 1)] = 0.5
    """The part of all time that a plugin may hold buses."""
    reading_bytes: Annotated[int, integer(64, 4 << 20, "bytes")] = 65_536
    """The longest reading, in bytes of JSON."""


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """``[supervisor]``: what follows a crash."""

    first_delay: Annotated[float, number(0.05, 60, "seconds")] = 0.5
    """Seconds before the first new instance; doubles with every further crash."""
    longest_delay: Seconds = 30.0
    """Seconds that the doubling delay never exceeds."""
    max_crashes: Annotated[int, integer(0, 1000)] = 5
    """Crashes within `crash_window` that are still followed by a new instance."""
    crash_window: Annotated[float, number(1, 86_400, "seconds")] = 60.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """``[log]``: where the log goes."""

    file: Path | None = None
    """The log file, absolute once loaded; None writes none."""
    file_mib: Annotated[int, integer(1, 1000, "MiB")] = 5
    """The size at which it is put aside and a new one is begun, MiB."""
    files_kept: Annotated[int, integer(1, 100)] = 3
    """How many files are kept that were put aside."""
    format: Annotated[Literal["text", "json"], choice(("text", "json"))] = "text"
    """How standard error shows a line: for a person, or as one JSON object."""


@dataclass(frozen=True, slots=True)
class CrashSettings:
    """``[crashes]``: the reports of crashes."""

    folder: Path | None = None
    """Where they are kept, absolute once loaded. None: nobody's home is known and the file names none."""
    kept: Annotated[int, integer(1, 10_000)] = 100
    """How many; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """``[access]``: what holds between plugins."""

    shared: tuple[Annotated[Permission, parsed(parse_shared)], ...] = ()
    """What several plugins may use although otherwise one has it for itself."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """``[web]``: pages, JSON, events and metrics over HTTP."""

    enabled: bool = False
    """Whether it is on; ``wasi-host run --web`` has it in any case."""
    host: Annotated[str, parsed(parse_web_host)] = "127.0.0.1"
    """The address or name of this machine's that it listens on."""
    port: Annotated[int, integer(0, 65_535)] = 3000
    """The TCP port; 0 takes any that is free."""
    token: Annotated[str | None, read_token] = field(default=None, repr=False)
    """What a visitor has to know; None lets all in that can reach it."""

    @property
    def problem(self) -> str:
        """Why this must not be, or ""."""
        if self.token is not None or is_loopback(self.host):
            return ""
        return (
            f"{self.host} can be reached from other machines, so a token is needed: token in [web] of host.toml, "
            f"{SHORTEST_TOKEN} characters at least, such as `openssl rand -hex 16` prints; or listen on 127.0.0.1"
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

    name: BusName
    backend: Backend = Backend.AUTO
    """What backs it."""


DEFAULT_BUSES = tuple(BusSettings(BusName(name)) for name in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system"))
"""What a file without ``[buses]`` means: what a Raspberry Pi has on its 40-pin header."""


@dataclass(frozen=True, slots=True)
class PluginTable:
    """``[plugins.NAME]`` as the file has it; `hostcore.config.loading.merge_plugins` makes `PluginSettings` of it."""

    name: str
    """The plugin's name."""
    enabled: bool = True
    """Whether it runs."""
    interval: Seconds | None = None
    """Seconds between two of its turns; None is the host's."""
    path: Path | None = None
    """Its file, absolute once loaded; None is the file of its name in the plugins folder."""
    sha256: Annotated[str, parsed(parse_sha256)] | None = None
    """The only content of its file that may run; None lets any run."""
    permissions: tuple[Annotated[Permission, parsed(parse_permission)], ...] = ()
    """All that it may touch."""
    limits: Annotated[Mapping[str, Any], changes_to(Limits)] = field(default_factory=lambda: MappingProxyType({}))
    """The fields of `Limits` that differ for it."""
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
    sha256: str | None
    """The only content of its file that may run, 64 small hex digits; None lets any run."""
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
    supervisor: SupervisorSettings = SupervisorSettings()
    """What follows a crash."""
    log: LogSettings = LogSettings()
    """Where the log goes."""
    crashes: CrashSettings = CrashSettings()
    """The reports of crashes."""
    access: AccessSettings = AccessSettings()
    """What holds between plugins."""
    web: WebSettings = WebSettings()
    """Pages, JSON, events and metrics over HTTP."""
    buses: Annotated[tuple[BusSettings, ...], named(BusSettings, BusName)] = DEFAULT_BUSES
    """The buses that plugins can be given, in the file's order."""
    leds: LedsSettings | None = None
    """The strip of LEDs, if there is one."""
    relays: Annotated[tuple[RelaySettings, ...], named(RelaySettings, check_relay_name)] = ()
    """What is switched on and off, in the file's order."""
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
        return next((bus.name.number for bus in self.buses if bus.name.kind is BusKind.I2C), None)
