"""What went over the buses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    bus: str
    """As host.toml names it: ``i2c-1``, ``spi-0``, ``gpio``, ``uart-serial0``."""
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
