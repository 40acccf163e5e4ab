"""MicroPython's SPI bus. It is the host's first SPI bus, whatever its number in MicroPython.

A driver selects its chip by a `Pin`: `cs(0)`, transfers, `cs(1)`. If that is the line of CE0 or CE1, the transfers in
between are one transaction; see `_spi_wires` for its limits. Any other line is driven by itself. Then the transfers are
not one transaction, and another plugin's transfer can come in between: let no other plugin use this bus.
"""

from collections.abc import Buffer
from typing import Any

from _spi_wires import Wires
from host._granted import granted


class SPI:
    """An SPI bus with this machine as its controller.

    Args:
        id: the number of the bus; it has no effect.
        baudrate: clock in hertz.
        polarity: level of the clock at rest, 0 or 1.
        phase: edge of the clock at which a bit is read, 0 for the first, 1 for the second.
        bits: 8.
        firstbit: `SPI.MSB`.
        pins: `sck`, `mosi` and `miso`; they have no effect.
    """

    MSB, LSB = 0, 1
    CONTROLLER = MASTER = 0

    def __init__(self, id: int = 0, baudrate: int = 1_000_000, **settings: Any) -> None:  # noqa: A002
        self._wires = Wires(granted().spi or 0, "none")
        self.init(baudrate, **settings)

    def init(
        self,
        baudrate: int = 1_000_000,
        *,
        polarity: int = 0,
        phase: int = 0,
        bits: int = 8,
        firstbit: int = MSB,
        **pins: Any,
    ) -> None:
        """Change the settings."""
        unknown = pins.keys() - {"sck", "mosi", "miso"}
        if unknown:
            raise TypeError(f"extra keyword arguments given: {', '.join(sorted(unknown))}")
        if bits != 8:
            raise ValueError(f"bits={bits}: a Raspberry Pi has words of 8 bits")
        if firstbit != self.MSB:
            raise NotImplementedError("LSB: a Raspberry Pi sends the highest bit first")
        self._wires.speed_hz, self._wires.mode = baudrate, (2 if polarity else 0) | (1 if phase else 0)

    def deinit(self) -> None:
        """Free the bus."""
        self._wires.close()

    def read(self, nbytes: int, write: int = 0) -> bytes:
        """Receive `nbytes`. Sends `write` all the while."""
        return self._wires.transfer(bytes([write]) * nbytes)

    def readinto(self, buf: Any, write: int = 0) -> None:
        """Receive into a buffer. Sends `write` all the while."""
        buf[:] = self.read(len(buf), write)

    def write(self, buf: Buffer) -> None:
        """Send the bytes."""
        self._wires.write(bytes(buf))

    def write_readinto(self, write_buf: Buffer, read_buf: Any) -> None:
        """Send from one buffer, and receive into another of the same length."""
        data = bytes(write_buf)
        if len(data) != len(read_buf):
            raise ValueError("buffers must be the same length")
        read_buf[:] = self._wires.transfer(data)


class SoftSPI(SPI):
    """The same as `SPI`: the host has no SPI on other pins."""

    def __init__(self, baudrate: int = 500_000, **settings: Any) -> None:
        super().__init__(0, baudrate, **settings)
