"""The settings of host.toml as frozen dataclasses. The shipped host.toml documents every key.

The annotation of a field contains the range of its key. `hostcore.toml.reader` enforces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from hostcore.adjustments.model import Adjustment
from hostcore.alarms.model import AlarmRule
from hostcore.config.actuators import LedsSettings, RelaySettings, check_relay_name
from hostcore.config.adjustments import read_adjustments
from hostcore.config.alarms import read_alarms
from hostcore.config.faults import read_fault
from hostcore.config.history import HistorySettings
from hostcore.config.mqtt import MqttSettings
from hostcore.config.recording import RecordingSettings
from hostcore.config.screen import ScreenSettings
from hostcore.config.simulation import read_chip, read_environment
from hostcore.config.values import check_plugin_name, chips_folder, parse_sha256, parse_shared, read_json
from hostcore.config.web import WebSettings
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Quantity, Signal
from hostcore.events import Level
from hostcore.faults.model import Fault
from hostcore.log.plugin_log import LINES_PER_SECOND
from hostcore.log.safe_text import MAX_LINE
from hostcore.permissions import Permission, parse_permission
from hostcore.place import ON_HEADER, BusKind, BusName
from hostcore.quick_dataclass import dataclass, field
from hostcore.toml.reader import changes_to, choice, integer, named, number, parsed

Seconds = Annotated[float, number(0.05, 3600, "seconds")]


@dataclass(frozen=True, slots=True)
class HostSettings:
    """``[host]``."""

    interval: Seconds = 2.0
    """Seconds between two rounds of readings."""
    plugins_folder: Path = Path("plugins")
    """The folder of plugins; absolute once loaded."""
    log_level: Level = Level.INFO
    """The least important lines that are shown."""
    cache_folder: Path | None = None
    """The folder of compiled components; absolute once loaded. None if the file names none and no home is known."""
    total_memory_mib: Annotated[int, integer(16, 1 << 20, "MiB")] | None = None  # of all plugins; None for no limit


@dataclass(frozen=True, slots=True)
class Limits:
    """``[limits]``, and the limits of one plugin."""

    memory_mib: Annotated[int, integer(16, 1024, "MiB")] = 64
    """The most memory a plugin may have, MiB."""
    call_seconds: Annotated[float, number(0.01, 600, "seconds")] = 5.0
    """The longest time for one call of a plugin, in seconds. Sleeping and waiting for a bus count. For a script, the
    longest time without a sign of life."""
    log_lines_per_second: Annotated[int, integer(1, 10_000)] = LINES_PER_SECOND
    """The most log lines per second. Further lines are only counted."""
    log_line_length: Annotated[int, integer(80, 20_000, "characters")] = MAX_LINE
    """The most characters of a log line. Further characters are only counted."""
    bus_share: Annotated[float, number(0.01, 1)] = 0.5
    """The share of time for which a plugin may hold buses."""
    reading_bytes: Annotated[int, integer(64, 4 << 20, "bytes")] = 65_536
    """The longest reading, in bytes of JSON."""


@dataclass(frozen=True, slots=True)
class CompilingSettings:
    """``[compiling]``: the limits of compiling a component, which happens once for each version of its file."""

    at_once: Annotated[int, integer(1, 16)] = 1
    """How many components are built or compiled at the same time."""
    memory_mib: Annotated[int | None, integer(64, 65_536, "MiB")] = None
    """The most memory for one compiler, MiB. None: as much as the computer has free, up to 1 GiB."""
    seconds: Annotated[int | None, integer(1, 86_400, "seconds")] = None
    """The most seconds of processor time for one compiler. None: 10 times the estimate, at least 120."""


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """``[supervisor]``: the restart of crashed plugins."""

    first_delay: Annotated[float, number(0.05, 60, "seconds")] = 0.5
    """Seconds from the first crash to a new instance. Each further crash doubles the delay."""
    longest_delay: Seconds = 30.0
    """The longest delay in seconds."""
    max_crashes: Annotated[int, integer(0, 1000)] = 5
    """Crashes allowed within `crash_window`. One more, and the plugin is quarantined."""
    crash_window: Annotated[float, number(1, 86_400, "seconds")] = 60.0
    """For how many seconds a crash counts."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """``[log]``: the destinations of the log."""

    file: Path | None = None
    """The log file, absolute once loaded; None for no file."""
    file_mib: Annotated[int, integer(1, 1000, "MiB")] = 5
    """The size in MiB at which the file is renamed and a new one started."""
    files_kept: Annotated[int, integer(1, 100)] = 3
    """How many renamed files are kept."""
    format: Annotated[Literal["text", "json"], choice(("text", "json"))] = "text"
    """The format of lines on standard error: text for people, or one JSON object per line."""


@dataclass(frozen=True, slots=True)
class CrashSettings:
    """``[crashes]``: the crash reports."""

    folder: Path | None = None
    """The folder for the reports, absolute once loaded. None if the file names none and no home is known."""
    kept: Annotated[int, integer(1, 10_000)] = 100
    """How many reports are kept. The oldest are deleted first."""


@dataclass(frozen=True, slots=True)
class StateSettings:
    """``[state]``: what plugins keep across restarts."""

    folder: Path | None = None
    """The folder of the states, absolute once loaded. None if the file names none and no home is known."""


@dataclass(frozen=True, slots=True)
class LibrariesSettings:
    """``[libraries]``: the packages of PyPI that plugins use."""

    folder: Path | None = None
    """The folder for their wheels, absolute once loaded. None if the file names none and no home is known."""


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """``[access]``: the sharing of devices."""

    shared: tuple[Annotated[Permission, parsed(parse_shared)], ...] = ()
    """The devices that several plugins may use. Any other device belongs to the first plugin that uses it."""
    share_buses: bool = False
    """Whether the host starts although another one, with other settings, uses the same real bus."""


class Backend(StrEnum):
    """The setting that chooses the hardware behind a bus."""

    AUTO = "auto"
    """This machine's hardware. On a machine without any bus for sensors, the simulated Pi's."""
    LINUX = "linux"
    """This machine's hardware."""
    SIMULATED = "simulated"
    """The simulated Pi's hardware."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """``[buses.NAME]``."""

    name: BusName
    backend: Backend = Backend.AUTO
    """The hardware behind the bus."""


DEFAULT_BUSES = tuple(map(BusSettings, ON_HEADER))
"""The buses of a file without ``[buses]``."""


@dataclass(frozen=True, slots=True)
class PluginTable:
    """``[plugins.NAME]`` as in the file. `hostcore.config.loading.merge_plugins` makes `PluginSettings` from it."""

    name: str
    """The plugin's name."""
    enabled: bool = True
    """Whether it runs."""
    interval: Seconds | None = None
    """Seconds between two calls of the plugin; None for that of the host."""
    path: Path | None = None
    """The plugin's file, absolute once loaded; None for the file with its name in the plugins folder."""
    sha256: Annotated[str, parsed(parse_sha256)] | None = None
    """The SHA-256 that the plugin's file must have; None allows any file."""
    compiled_sha256: Annotated[str, parsed(parse_sha256)] | None = None  # of the file beside a component
    permissions: tuple[Annotated[Permission, parsed(parse_permission)], ...] = ()
    """The plugin's permissions."""
    limits: Annotated[Mapping[str, Any], changes_to(Limits)] = field(default_factory=lambda: MappingProxyType({}))
    """The fields of `Limits` that this plugin changes."""
    settings: Annotated[str, read_json] = "{}"
    """The plugin's own settings, the text of a JSON object."""
    adjust: Annotated[tuple[Adjustment, ...], read_adjustments] = ()
    """What is changed of its values."""


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """The settings of one plugin, with the defaults filled in."""

    name: str
    """The plugin's name; unique."""
    path: Path
    """The plugin's file, absolute. It may not exist."""
    enabled: bool
    """Whether it runs."""
    interval: float
    """Seconds between two calls of the plugin."""
    sha256: str | None
    """The SHA-256 that the plugin's file must have, 64 small hex digits; None allows any file."""
    permissions: tuple[Permission, ...]
    """The plugin's permissions."""
    limits: Limits
    """The plugin's limits."""
    settings: str
    """The plugin's own settings, the text of a JSON object."""
    adjustments: tuple[Adjustment, ...] = ()
    """What is changed of its values."""
    compiled_sha256: str | None = None  # of the file beside the component that may be used; None allows none


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """``[simulation]``: the chips of the simulated Pi and their environment."""

    seed: Annotated[int, integer(0, 2**32 - 1)] = 1
    """The seed of the random noise. The same seed gives the same noise."""
    chips: tuple[Annotated[SimulatedChip, read_chip], ...] = ()
    """The chips on the simulated buses."""
    environment: Annotated[Mapping[Quantity, Signal], read_environment] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """The signals that replace those of `hostcore.devices.environment.DEFAULT_SIGNALS`."""
    faults: tuple[Annotated[Fault, read_fault], ...] = ()
    """The faults on demand that are on from the start, on simulated and real buses."""


@dataclass(frozen=True, slots=True)
class Config:
    """One settings file."""

    path: Path
    """The file, absolute."""
    log_file: Path | None = None
    """The log file that the command line names, absolute; it goes before that of `log`. No key of the file."""
    host: HostSettings = HostSettings()
    """The host's own settings."""
    limits: Limits = Limits()
    """The limits of plugins without limits of their own."""
    compiling: CompilingSettings = CompilingSettings()
    supervisor: SupervisorSettings = SupervisorSettings()  # the restart of crashed plugins
    log: LogSettings = LogSettings()
    """The destinations of the log."""
    crashes: CrashSettings = CrashSettings()
    """The crash reports."""
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    """The recordings of plugins."""
    state: StateSettings = StateSettings()
    """What plugins keep across restarts."""
    history: HistorySettings = field(default_factory=HistorySettings)
    """The stored readings."""
    libraries: LibrariesSettings = LibrariesSettings()
    """The packages of PyPI that plugins use."""
    access: AccessSettings = AccessSettings()
    """The sharing of devices."""
    web: WebSettings = field(default_factory=WebSettings)
    """Pages, JSON, events and metrics over HTTP."""
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    """The MQTT broker."""
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    """The screen in a terminal."""
    buses: Annotated[tuple[BusSettings, ...], named(BusSettings, BusName)] = DEFAULT_BUSES
    """The buses that plugins can use, in the file's order."""
    leds: LedsSettings | None = None
    """The LED strip, if there is one."""
    relays: Annotated[tuple[RelaySettings, ...], named(RelaySettings, check_relay_name)] = ()
    """The relays, in the file's order."""
    alarms: Annotated[tuple[AlarmRule, ...], read_alarms] = ()
    """The alarms, in the file's order."""
    plugins: Annotated[tuple[PluginTable, ...], named(PluginTable, check_plugin_name)] = ()
    """The tables of plugins, in the file's order."""
    simulation: SimulationSettings = field(default_factory=SimulationSettings)
    """The simulated Pi."""

    @property
    def chips_folder(self) -> Path:
        """The folder of a person's own chip files. It need not exist."""
        return chips_folder(self.path)

    def bus(self, name: str) -> BusSettings | None:
        """Return the bus with this name; None if the file does not list it."""
        return next((bus for bus in self.buses if bus.name == name), None)

    @property
    def default_i2c_bus(self) -> int | None:
        """The number of the file's first I2C bus, the default bus of plugins; None if there is no I2C bus."""
        return next((bus.name.number for bus in self.buses if bus.name.kind is BusKind.I2C), None)
