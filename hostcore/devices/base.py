"""Interfaces of simulated chips: on an I2C bus, on an SPI bus, on a single line, or on a serial port.

A chip is modelled from its data sheet and answers as the real one does. It acknowledges or refuses each byte, ignores
everything that the real chip ignores, and needs the same time. It reads the time from a `Clock` and its quantities from
an `Environment`. It never sleeps and starts no thread. The bus serialises all calls to one chip.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from hostcore.pulse import Pulse

SPI_MODES = frozenset(range(4))
"""Clock polarity (bit 1) and phase (bit 0). A part that has no clock input works in all of them."""


class I2cTarget(ABC):
    """A chip on an I2C bus, which UM10204 calls a target. The bus only calls it for its own address.

    The bus calls `start` for each start or repeated start, then `write` or `read`, and `stop` once at the end of the
    transaction.
    """

    refuses_quick_write = False
    """Whether it does not acknowledge a write without data."""
    title = ""
    """The chip's name for a person; "" if its class has that name."""

    @abstractmethod
    def start(self, reading: bool) -> bool:
        """A start or repeated start with this chip's address and the R/W bit. True acknowledges the address."""

    @abstractmethod
    def write(self, data: bytes) -> int:
        """Receive bytes from the controller, in order.

        Returns:
            The number of acknowledged bytes. If it is less than ``len(data)``, the transaction ends with a
            no-acknowledge.
        """

    @abstractmethod
    def read(self, length: int) -> bytes:
        """Send exactly `length` bytes to the controller. A target cannot refuse: it sends its shift register."""

    @abstractmethod
    def stop(self) -> None:
        """The stop condition."""


class LineTarget(ABC):
    """A part on a single GPIO line with a pull-up, such as a DHT22 or a button."""

    @abstractmethod
    def level(self) -> bool:
        """The present level of the line while the host does not drive it. True is high."""

    @abstractmethod
    def drive(self, level: bool | None) -> None:
        """The host drives the line to `level`, or releases it if `level` is None."""

    @abstractmethod
    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        """Answer to the pulses `request`, which the host drove before it released the line.

        Returns:
            The pulses from the release on. The line is high (pull-up) before the first pulse and after the last. Empty
            if the part does not react.
        """


class SpiTarget(ABC):
    """A chip behind one SPI chip select."""

    modes: frozenset[int]
    """The `SPI_MODES` that the chip understands, from its data sheet."""

    @abstractmethod
    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        """Send and receive at the same time, in a mode that the chip understands.

        The chip stays selected until `deselect`, so that a transaction can be several calls of this.

        Args:
            data: the bytes that the chip receives.
            speed_hz: clock in hertz.

        Returns:
            Exactly ``len(data)`` bytes.
        """

    def deselect(self) -> None:
        """The chip select returns to rest. Most chips then forget a command that is not complete."""
        return

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
    """A part that is connected to a serial port."""

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Receive bytes from the host."""

    @abstractmethod
    def send(self, limit: int) -> bytes:
        """Send the bytes that are ready, at most `limit`, possibly none."""
