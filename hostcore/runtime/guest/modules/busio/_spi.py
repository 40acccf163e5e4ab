"""CircuitPython's SPI bus, with the methods of Adafruit-Blinka 10 on a Raspberry Pi.

The transfers while a chip is selected are one transaction; see `_spi_wires` for its limits. Besides CE0 and CE1, a line
selects a chip if it goes low after `configure`, before the first transfer, while the driver has the bus locked. This is
what `adafruit_bus_device` does. Outside a selection, each transfer is one that drives CE0 as well, as in the original.
"""

import errno
from collections.abc import Buffer
from typing import Any

from _spi_wires import Wires
from host._granted import granted
from microcontroller import Pin

from ._lock import Lockable

PORTS = ((0, 11, 10, 9), (1, 21, 20, 19), (2, 42, 41, 40))
"""Number, clock, MOSI and MISO of each port (Adafruit-Blinka, bcm283x/pin.py). The first one is the host's first SPI
bus."""


class SPI(Lockable):
    """An SPI bus. Every transfer blocks until it is complete, and raises `host.BusError`, an OSError.

    Args:
        clock: the pin of the clock.
        MOSI: the pin of the output; None if the bus only receives.
        MISO: the pin of the input; None if the bus only sends.

    Raises:
        ValueError: no port of a Pi has these pins.
    """

    def __init__(self, clock: Pin, MOSI: Pin | None = None, MISO: Pin | None = None) -> None:  # noqa: N803
        # A driver's `with` block ends where a selection fails, before it gives the lock back itself.
        self._wires = Wires(_bus_of(clock, MOSI, MISO), "low", failed=self.unlock)

    def deinit(self) -> None:
        """Free the bus."""
        self._wires.close()

    @property
    def frequency(self) -> int:
        """The clock in hertz, as it was asked for."""
        return self._wires.speed_hz

    def configure(self, baudrate: int = 100_000, polarity: int = 0, phase: int = 0, bits: int = 8) -> None:
        """Set the clock in hertz, its polarity and its phase. The bus must be locked."""
        if not self._locked:
            raise RuntimeError("First call try_lock()")
        if bits != 8:
            raise OSError(errno.EINVAL, f"Invalid argument: a Raspberry Pi has words of 8 bits, not {bits}")
        self._wires.speed_hz, self._wires.mode = baudrate, (2 if polarity else 0) | (1 if phase else 0)
        self._wires.may_learn = True

    def unlock(self) -> None:
        """Give the lock back."""
        self._wires.may_learn = False
        super().unlock()

    def write(self, buf: Buffer | None, start: int = 0, end: int | None = None) -> None:
        """Send the bytes of `buf` from `start` to `end`."""
        data = bytes(buf or b"")
        if data:
            self._wires.write(data[start : len(data) if end is None else end])

    def readinto(self, buf: Any, start: int = 0, end: int | None = None, write_value: int = 0) -> None:
        """Receive into `buf` from `start` to `end`. Sends `write_value` all the while."""
        if buf:
            length = (len(buf) if end is None else end) - start
            _fill(buf, start, self._wires.transfer(bytes([write_value]) * length))

    def write_readinto(  # noqa: PLR0917 - the original's parameters
        self,
        buffer_out: Buffer | None,
        buffer_in: Any,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
    ) -> None:
        """Send from one buffer, and receive into another at the same time."""
        data = bytes(buffer_out or b"")
        if not data or not buffer_in:
            return
        data = data[out_start : len(data) if out_end is None else out_end]
        if len(data) != (len(buffer_in) if in_end is None else in_end) - in_start:
            raise RuntimeError("Buffer slices must be of equal length.")
        _fill(buffer_in, in_start, self._wires.transfer(data))


def _fill(buffer: Any, start: int, received: bytes) -> None:
    """Set the items one by one: a buffer may be an array of another type, or a list."""
    for index, byte in enumerate(received, start):
        buffer[index] = byte


def _bus_of(clock: Pin, output: Pin | None, received: Pin | None) -> int:
    for port, *pins in PORTS:
        if clock.id == pins[0] and _fits(output, pins[1]) and _fits(received, pins[2]):
            first = granted().spi
            return port if port or first is None else first
    raise ValueError(
        f"No Hardware SPI on (SCLK, MOSI, MISO)={(clock, output, received)}\n"
        f"Valid SPI ports: {PORTS}.\nMake sure SPI is enabled."
    )


def _fits(pin: Pin | None, line: int) -> bool:
    return pin is None or pin.id == line
