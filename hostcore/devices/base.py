"""What a simulated chip is to the wires: an I2C target, or a part on a single line.

A chip is modelled from its data sheet and answers as the real one does: it acknowledges or refuses each byte,
ignores what the real chip ignores, and needs the time the real chip needs. It reads the time from a `Clock` and what it
senses from an `Environment`; it never sleeps and starts no thread. The bus serialises all calls to one chip.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from hostcore.pulse import Pulse

SPI_MODES = frozenset(range(4))
"""Clock polarity (bit 1) and phase (bit 0). A part that has no clock input works in all of them."""


class I2cTarget(ABC):
    """A chip on an I2C bus (UM10204 calls it the target), as seen after its address matched.

    The bus calls `start` for each start or repeated start with this chip's address, then `write` or `read`,
    and `stop` once at the end of the whole transaction.
    """

    @abstractmethod
    def start(self, reading: bool) -> bool:
        """A (repeated) start with this chip's address and the R/W bit; True acknowledges the address."""

    @abstractmethod
    def write(self, data: bytes) -> int:
        """Bytes from the controller, in order.

        Returns:
            How many were acknowledged; fewer than ``len(data)`` ends the transaction with a no-acknowledge.
        """

    @abstractmethod
    def read(self, length: int) -> bytes:
        """Exactly `length` bytes to the controller; a target cannot refuse, it sends what its shift register holds."""

    @abstractmethod
    def stop(self) -> None:
        """The stop condition."""


class LineTarget(ABC):
    """A part on a single GPIO line with a pull-up, such as a DHT22 or a button."""

    @abstractmethod
    def level(self) -> bool:
        """The line's level now when the host does not drive it: True is high."""

    @abstractmethod
    def drive(self, level: bool | None) -> None:
        """The host drives the line to `level`, or releases it with None."""

    @abstractmethod
    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        """The host drove `request`, then released the line: the pulses that follow on it, from that moment.

        The line is high (pull-up) before the first pulse and after the last. Empty when the part does not react.
        """


class SpiTarget(ABC):
    """A chip behind one SPI chip select."""

    modes: frozenset[int]
    """The `SPI_MODES` that the chip understands, from its data sheet."""

    @abstractmethod
    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        """Send and receive at the same time, in a mode that the chip understands.

        Args:
            data: the bytes that the chip receives. The chip select is held for all of them.
            speed_hz: clock in hertz.

        Returns:
            Exactly ``len(data)`` bytes.
        """

    def exchange(self, data: bytes, speed_hz: int, mode: int) -> bytes:
        """Send and receive at the same time, in any mode. Returns exactly ``len(data)`` bytes.

        In a wrong mode, each side samples its input on an edge at which the other side has not put the next bit there
        yet. Whether the previous or the next bit wins depends on delays within both chips. The model settles it one
        way: both sides see every bit one clock late, after a 0 from the line at rest. So the chip takes a command
        0x9F for 0x4F, and the controller takes an answer 0xEF for 0x77.

        Args:
            data: the bytes that the controller sends.
            speed_hz: clock in hertz.
            mode: 0 to 3.
        """
        if mode in self.modes:
            return self.transfer(data, speed_hz)
        return _one_clock_late(self.transfer(_one_clock_late(data), speed_hz))


def _one_clock_late(data: bytes) -> bytes:
    return (int.from_bytes(data) >> 1).to_bytes(len(data))


class UartTarget(ABC):
    """What is wired to a serial port."""

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Bytes that the host sent."""

    @abstractmethod
    def send(self, limit: int) -> bytes:
        """Up to `limit` bytes that are ready for the host now, possibly none."""
