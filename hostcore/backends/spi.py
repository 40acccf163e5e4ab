"""The interface of an SPI device, which is one chip of an SPI bus."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum

from hostcore.quick_dataclass import dataclass


class SpiSelect(StrEnum):
    """The level that selects a chip for a transaction."""

    LOW = "low"
    """Nearly all chips."""
    HIGH = "high"
    NONE = "none"
    """No line changes. The chip is selected by other means, or is the only one."""


@dataclass(frozen=True, slots=True)
class SpiSettings:
    """The clock of an SPI transaction, and how it selects the chip."""

    speed_hz: int = 500_000
    """Clock in hertz, 1 to 125,000,000."""
    mode: int = 0
    """Clock polarity (bit 1) and phase (bit 0), 0 to 3."""
    select: SpiSelect = SpiSelect.LOW
    """The level of the chip select, or of `line`, during the transaction."""
    line: int | None = None
    """BCM number of the GPIO line that selects the chip. None is the controller's own chip select."""


@dataclass(frozen=True, slots=True)
class SpiWrite:
    """Send bytes, and ignore the bytes that are received meanwhile."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SpiRead:
    """Receive bytes, and send zeros meanwhile."""

    length: int


@dataclass(frozen=True, slots=True)
class SpiTransfer:
    """Send and receive at the same time."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SpiDelay:
    """Wait, with the chip selected and the clock at rest."""

    microseconds: int


SpiOperation = SpiWrite | SpiRead | SpiTransfer | SpiDelay


class SpiDevice(ABC):
    """One chip select of an SPI bus."""

    @abstractmethod
    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        """Do `operations` in order, with the chip selected from the first to the last.

        The caller drives `settings.line`. With a line, this leaves the controller's own chip select at rest if the
        controller can do that.

        Returns:
            The received bytes of each `SpiRead` and `SpiTransfer`, in order.

        Raises:
            BusError: the transaction failed; a part of it may have taken effect.
        """

    def transfer(self, data: bytes, settings: SpiSettings) -> bytes:
        """Send `data` and receive at the same time. Returns the received bytes, as many as were sent."""
        return self.transaction((SpiTransfer(data),), settings)[0]


def length_of(operation: SpiOperation) -> int:
    """The number of bytes that the operation sends, and receives."""
    if isinstance(operation, SpiWrite | SpiTransfer):
        return len(operation.data)
    return operation.length if isinstance(operation, SpiRead) else 0


def sent_by(operation: SpiOperation) -> bytes:
    """The bytes that the operation sends."""
    return operation.data if isinstance(operation, SpiWrite | SpiTransfer) else bytes(length_of(operation))


def is_answered(operation: SpiOperation) -> bool:
    """Whether the caller wants the bytes that are received."""
    return isinstance(operation, SpiRead | SpiTransfer)
