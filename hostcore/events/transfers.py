"""What went over the buses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hostcore.backends.base import Edge, SpiSettings
from hostcore.place import BusName


class Outcome(StrEnum):
    """How a transfer ended; the WIT contract's own names."""

    OK = "ok"
    NO_ACKNOWLEDGE = "no-acknowledge"
    BUS = "bus"
    ARBITRATION_LOSS = "arbitration-loss"
    TIMEOUT = "timeout"
    DENIED = "denied"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Message:
    """One direction of a transfer."""

    written: bool
    """True from the host to the device."""
    data: bytes


@dataclass(frozen=True, slots=True)
class TransferCompleted:
    """A plugin's access to the hardware ended, well or not."""

    time_ns: int
    """When it began."""
    plugin: str
    bus: BusName
    address: int | None
    """7-bit I2C address, SPI chip select or GPIO line; None for a UART."""
    messages: tuple[Message, ...]
    """What went over the wires, in order; a read that failed has no message."""
    outcome: Outcome
    detail: str
    """One line for a person where the outcome is not ok, else ""."""
    duration_ns: int
    """Nanoseconds it held the bus."""
    waited_ns: int = 0
    """Nanoseconds it waited before that: for the bus, or for its share of it."""
    sequence: int = 0
    """Counts the accesses of all plugins in the order in which they had their bus, from 1 on; 0 for one that never had
    it."""
    line: int = 0
    """The line of the plugin's file that made the call; 0 where it is not known."""
    asked: tuple[int, ...] = ()
    """How many bytes each of its reads asked for, in order."""
    errno: int | None = None
    """The kernel's error number (errno(3)), where a call of the kernel failed."""
    spi: SpiSettings | None = None
    """Clock and mode of an SPI transfer."""
    edges: tuple[Edge, ...] = ()
    """The edges of a GPIO capture."""
