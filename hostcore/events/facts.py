"""Facts about a host, its buses and its plugins, for front ends."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from hostcore.actuation import Actuation, LightLeds
from hostcore.backends.base import BackendKind
from hostcore.devices.environment import Signal
from hostcore.events.log import Level
from hostcore.permissions import Permission
from hostcore.place import GPIO, BusName
from hostcore.quick_dataclass import dataclass


class ScanMode(StrEnum):
    """How a bus scan probes an address."""

    AUTO = "auto"
    """Like i2cdetect: read byte at 0x30-0x37 and 0x50-0x5f, quick write elsewhere."""
    QUICK = "quick"
    """Quick write: only the address, with the write bit. Can corrupt a few chips (Atmel AT24RF08 EEPROMs)."""
    READ = "read"
    """Read one byte. Can lock up a few write-only chips."""


@dataclass(frozen=True, slots=True)
class BusFacts:
    """One bus of host.toml."""

    name: BusName
    backend: BackendKind
    """The bus implementation: Linux or simulated."""
    reason: str = ""
    """Why this implementation was chosen, as text; "" if host.toml chose it."""
    is_usable: bool = True
    """False if this machine should have the bus, but it could not be used at the start. `reason` says why."""

    @property
    def is_real(self) -> bool:
        """Whether the bus has real devices."""
        return self.backend is not BackendKind.SIMULATED


@dataclass(frozen=True, slots=True)
class QuantityFacts:
    """A quantity of the simulated environment, such as the temperature."""

    name: str
    """The name in ``[simulation.environment]``."""
    unit: str
    lowest: float
    """The lowest value at which it can be held, in its unit."""
    highest: float
    """The highest value at which it can be held, in its unit."""
    signal: Signal
    """Its course while it is not held."""


@dataclass(frozen=True, slots=True)
class ChipFacts:
    """A chip on a simulated bus."""

    name: str
    """Its name in ``[[simulation.chips]]``."""
    bus: BusName
    address: int | None
    """The address of a fault on demand that strikes it: 7-bit I2C address, SPI chip select or GPIO line. None if only
    its whole bus can be struck."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Facts that do not change while the host runs."""

    version: str
    host_name: str
    config_file: Path
    is_shipped_config: bool
    """Whether the built-in settings are used, because there is no host.toml."""
    plugins_folder: Path
    interval: float
    """Seconds between the starts of two rounds."""
    buses: tuple[BusFacts, ...]
    started_ns: int
    """Wall clock, nanoseconds since the Unix epoch."""
    leds: int = 0
    """Number of LEDs on the strip of host.toml."""
    leds_bus: BusName | None = None
    """The bus of that strip; None if there is none."""
    relays: tuple[str, ...] = ()
    """Names of the relays in host.toml."""
    web_address: str = ""
    """URL of the web, such as ``http://127.0.0.1:3000/``; "" if the web is off."""
    chips_folder: Path | None = None
    """The folder of a person's own chip files, for `hostcore.chips.library.library_with`. It need not exist."""
    is_read_only: bool = False
    """Whether host.toml wants screens that only look."""
    shares_buses: bool = False
    """Whether host.toml allows that another host uses the same real buses."""
    relay_lines: tuple[int, ...] = ()
    """The BCM number of each relay's line, in the order of `relays`. Older hosts do not tell them."""
    log_level: Level = Level.DEBUG
    """The least important level of log lines that host.toml wants to see."""
    writes_copies: bool = False
    """Whether a new driver goes into copies of the built-in settings and plugins, which this host does not run. In a
    clone of the project, the built-in settings are the person's own."""
    is_still: bool = False
    """Whether a quantity of the simulated room has no noise, so that a chip may always measure the same."""
    quantities: tuple[QuantityFacts, ...] = ()
    """The quantities of the simulated environment. Empty if no bus is simulated."""
    chips: tuple[ChipFacts, ...] = ()
    """The chips on simulated buses."""

    @property
    def is_simulated(self) -> bool:
        """Whether any bus is simulated. The screen must show this."""
        return any(not bus.is_real for bus in self.buses)

    def simulates(self, name: BusName | None) -> bool:
        """Return whether this bus is simulated."""
        return any(bus.name == name and not bus.is_real for bus in self.buses)

    def simulates_output(self, actuation: Actuation) -> bool:
        """Return whether the output that this drives is simulated."""
        return self.simulates(self.leds_bus if isinstance(actuation, LightLeds) else GPIO)


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """One plugin, as host.toml and its folder define it."""

    name: str
    path: Path
    interval: float
    """Seconds between two readings."""
    permissions: tuple[Permission, ...]
    memory_mib: int
    call_seconds: float
    libraries: tuple[str, ...] = ()
    """The packages that its metadata names (PEP 723), as indexes spell them (PEP 503)."""


@dataclass(frozen=True, slots=True)
class DriverFile:
    """The file of a driver in Python, for an editor."""

    name: str
    """The name of the file, without its folder."""
    text: str
    """All of it, as it is: not safe for a terminal."""
    sha256: str
    """The digest of all of it, in hex."""


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """The recording of a plugin that was written for a person."""

    file: Path
    """Its file, on the computer of the host."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SourceExcerpt:
    """Some lines of the code that a plugin runs."""

    file: str
    """The name of the plugin's file, or a file of a library as tracebacks show it."""
    line: int
    """The line in question."""
    first: int
    """The number of the first of `lines`."""
    lines: tuple[str, ...]
    """Safe for a terminal, each cut to 200 characters."""
    is_current: bool = True
    """Whether the file on disk is still the version that runs."""
