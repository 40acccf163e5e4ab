"""Transfers over the buses."""

from __future__ import annotations

from enum import StrEnum

from hostcore.backends.base import Edge, PwmSettings
from hostcore.backends.spi import SpiSettings
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


class Outcome(StrEnum):
    """How a transfer ended, with the names of the WIT contract."""

    OK = "ok"
    NO_ACKNOWLEDGE = "no-acknowledge"
    BUS = "bus"
    ARBITRATION_LOSS = "arbitration-loss"
    TIMEOUT = "timeout"
    DENIED = "denied"
    OTHER = "other"


WIRE_FAULTS = frozenset({Outcome.NO_ACKNOWLEDGE, Outcome.BUS, Outcome.ARBITRATION_LOSS, Outcome.TIMEOUT})
"""Outcomes that tell of the wires or of the device. Other failures tell of the plugin, such as a denied access."""


@dataclass(frozen=True, slots=True)
class Message:
    """One write or read of a transfer."""

    written: bool
    """True from the host to the device."""
    data: bytes


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A line of one of a plugin's libraries."""

    file: str
    """As tracebacks show it: ``adafruit_circuitpython_sht4x-1.0.27/adafruit_sht4x.py``."""
    line: int
    """From 1; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class TransferCompleted:
    """A plugin's access to the hardware ended, with or without an error."""

    time_ns: int
    """When the access began."""
    plugin: str
    bus: BusName
    address: int | None
    """7-bit I2C address, SPI chip select or GPIO line; None for a UART."""
    messages: tuple[Message, ...]
    """The bytes on the wires, in order. A failed read has no message."""
    outcome: Outcome
    detail: str
    """One line of text if the outcome is not ok, else ""."""
    duration_ns: int
    """Nanoseconds that the access held the bus."""
    waited_ns: int = 0
    """Nanoseconds that the access waited for the bus, or for the plugin's share of it."""
    sequence: int = 0
    """Order in which accesses of all plugins got their bus, from 1. 0 if the access never got its bus."""
    source_line: int = 0
    """The line in the plugin's file that made the call; 0 if unknown."""
    asked: tuple[int, ...] = ()
    """Number of bytes that each read asked for, in order."""
    errno: int | None = None
    """The kernel's error number (errno(3)), if a kernel call failed."""
    spi: SpiSettings | None = None
    """Clock and mode of an SPI transfer."""
    pwm: PwmSettings | None = None
    """What a line's pulse-width modulation was to be set to."""
    edges: tuple[Edge, ...] = ()
    """The edges of a GPIO capture."""
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""
    claimed_by: str = ""
    """What holds the GPIO line, if the access failed because something else has claimed it."""
    library: LibraryLine | None = None
    """The innermost line of a library between the plugin and the host. Packages that only pass calls on, such as
    adafruit_bus_device, do not count. None if the plugin made the call itself, or if it is unknown."""
    is_injected: bool = False
    """Whether a fault on demand struck it: its outcome or its bytes may be invented."""
    problem: str = ""
    """The detail without the place, for what names the place itself; "" if the detail names none."""

    @property
    def got_bus_ns(self) -> int:
        """When the access got its bus. Before that, it may have waited for it."""
        return self.time_ns + self.waited_ns

    @property
    def left_bus_ns(self) -> int:
        """When the access left its bus."""
        return self.got_bus_ns + self.duration_ns

    @property
    def received(self) -> bytes:
        """All bytes that were read, in order."""
        return b"".join(message.data for message in self.messages if not message.written)

    @property
    def reads_ones(self) -> bool:
        """Whether a bit was read that is 1. SDA that is held low looks like acknowledges and bytes of zeros."""
        return self.outcome is Outcome.OK and any(any(each.data) for each in self.messages if not each.written)
