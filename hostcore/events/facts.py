"""What is known of a host, its buses and its plugins, as front ends get it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hostcore.backends.base import BackendKind
from hostcore.permissions import Permission
from hostcore.place import BusName


class ScanMode(StrEnum):
    """How a bus scan finds out whether somebody answers at an address."""

    AUTO = "auto"
    """As i2cdetect: read a byte at 0x30-0x37 and 0x50-0x5f, quick write elsewhere."""
    QUICK = "quick"
    """The address alone, for writing. Can corrupt a few chips (Atmel AT24RF08 EEPROMs)."""
    READ = "read"
    """Read one byte. Can lock up a few chips that take it for a clock (write-only chips)."""


@dataclass(frozen=True, slots=True)
class BusFacts:
    """One bus of host.toml."""

    name: BusName
    backend: BackendKind
    """What backs it."""
    reason: str = ""
    """Why that, for a person; "" where host.toml says so."""

    @property
    def is_real(self) -> bool:
        """Whether real devices are on it."""
        return self.backend is not BackendKind.SIMULATED


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What does not change while the host runs."""

    version: str
    host_name: str
    config_file: Path
    is_shipped_config: bool
    """Whether the settings are the built-in ones, because there is no file of the person's own."""
    plugins_folder: Path
    interval: float
    """Seconds from one round to the next."""
    buses: tuple[BusFacts, ...]
    started_ns: int
    """Wall clock, nanoseconds since the Unix epoch."""
    leds: int = 0
    """How many LEDs there are on the strip of host.toml."""
    relays: tuple[str, ...] = ()
    """The relays of host.toml."""
    web_address: str = ""
    """Where a browser finds the web: ``http://127.0.0.1:3000/``; "" where it is off."""

    @property
    def is_simulated(self) -> bool:
        """Whether any bus is simulated: then the screen has to say so."""
        return any(not bus.is_real for bus in self.buses)


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """One plugin, as host.toml and its folder have it."""

    name: str
    path: Path
    interval: float
    """Seconds between two readings."""
    permissions: tuple[Permission, ...]
    memory_mib: int
    call_seconds: float
