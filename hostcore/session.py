"""What a front end may ask of a running host, and how it learns what happens. Local; a socket may carry it later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from hostcore.stream import Subscription


class Order(StrEnum):
    """What a person may have a plugin do."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    """Throw the instance away and load the plugin's file anew."""
    RELEASE = "release"
    """Let it out of quarantine."""


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

    name: str
    """``i2c-1``, ``spi-0``, ``gpio``, ``uart-serial0``, ``system``."""
    kind: str
    """What stands behind it: ``simulated`` or ``linux``."""
    reason: str = ""
    """Why that, for a person; "" where host.toml says so."""


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
        return any(bus.kind == "simulated" for bus in self.buses)


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """One plugin, as host.toml and its folder have it."""

    name: str
    path: Path
    interval: float
    """Seconds between two readings."""
    permissions: tuple[str, ...]
    """As host.toml writes them."""
    memory_mib: int
    call_seconds: float


class Session(Protocol):
    """A front end's way to a host. No method blocks for longer than a file takes to be written; all are thread-safe."""

    @property
    def facts(self) -> HostFacts:
        """The host."""

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """The events from now on. Subscribe before `start` to miss none."""

    def plugins(self) -> tuple[PluginFacts, ...]:
        """The plugins that there are now; a `PluginsChanged` event tells when that changes."""

    def order(self, plugin: str, order: Order) -> None:
        """Have a plugin do something.

        Raises:
            HostError: there is no such plugin.
        """

    def grant(self, plugin: str, permissions: tuple[str, ...]) -> None:
        """Write permissions into host.toml and let the plugin have them at once.

        Raises:
            HostError: host.toml cannot be edited, or changed under way; nothing was lost.
        """

    def scan(self, bus: int, mode: ScanMode) -> None:
        """Probe every address of an I2C bus, between the plugins' transactions.

        A `ScanCompleted` event tells the result.

        Raises:
            HostError: there is no such bus, or a scan is under way.
        """

    def identify(self, bus: int, address: int) -> None:
        """Read the registers that tell chips apart at an I2C address, between the plugins' transactions.

        Writes their numbers first, which a chip without registers may take for data. A `ChipIdentified` event tells
        the result.

        Raises:
            HostError: there is no such bus, or a scan is under way.
        """
