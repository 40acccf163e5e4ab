"""MicroPython's serial port. It is the host's first serial port, whatever its number in MicroPython."""

from collections.abc import Buffer
from typing import Any

import serial
from host._granted import granted


class UART:
    """A serial port.

    Args:
        id: its number; it has no effect.
        baudrate: bits per second.
        bits: data bits, 8.
        parity: None; 0 is even, 1 is odd.
        stop: stop bits, 1.
        settings: `timeout` in milliseconds. Pins and the sizes of buffers have no effect.
    """

    def __init__(
        self,
        id: int = 0,  # noqa: A002
        baudrate: int = 9600,
        bits: int = 8,
        parity: int | None = None,
        stop: int = 1,
        **settings: Any,
    ) -> None:
        self._serial = serial.Serial(timeout=0)
        self._serial.port = f"/dev/{granted().uart or 'serial0'}"
        self.init(baudrate, bits, parity, stop, **settings)

    def init(
        self, baudrate: int = 9600, bits: int = 8, parity: int | None = None, stop: int = 1, **settings: Any
    ) -> None:
        """Change the settings, and open the port."""
        port = self._serial
        port.close()
        port.baudrate, port.bytesize, port.stopbits = baudrate, bits, stop
        port.parity = {None: serial.PARITY_NONE, 0: serial.PARITY_EVEN, 1: serial.PARITY_ODD}[parity]
        port.timeout = settings.get("timeout", 0) / 1000
        port.open()

    def deinit(self) -> None:
        """Close the port."""
        self._serial.close()

    def any(self) -> int:
        """Return the number of bytes that can be read without a wait."""
        return self._serial.in_waiting

    def read(self, nbytes: int | None = None) -> bytes | None:
        """Return up to `nbytes` bytes, or all that have arrived; None if there are none."""
        return self._serial.read((self._serial.in_waiting or 1) if nbytes is None else nbytes) or None

    def readinto(self, buf: Any, nbytes: int | None = None) -> int | None:
        """Read into a buffer. Returns the number of bytes; None for none."""
        data = self._serial.read(len(buf) if nbytes is None else nbytes)
        buf[: len(data)] = data
        return len(data) or None

    def readline(self) -> bytes | None:
        """Return the bytes up to a line feed; None if there are none."""
        return self._serial.readline() or None

    def write(self, buf: Buffer) -> int:
        """Send the bytes. Returns their number."""
        return self._serial.write(buf)

    def flush(self) -> None:
        """Wait until all bytes are sent."""
        self._serial.flush()

    def txdone(self) -> bool:
        """Whether all bytes are sent."""
        return True
