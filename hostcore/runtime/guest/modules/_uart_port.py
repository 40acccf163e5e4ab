"""The methods that CircuitPython's and MicroPython's serial ports have in common."""

from collections.abc import Buffer
from typing import Any

from serial import Serial


class UartPort:
    """A serial port. A subclass opens it."""

    _serial: Serial

    def deinit(self) -> None:
        """Close the port."""
        self._serial.close()

    def read(self, nbytes: int | None = None) -> bytes | None:
        """Return up to `nbytes` bytes, or what has arrived; None if nothing does before the timeout."""
        return self._serial.read((self._serial.in_waiting or 1) if nbytes is None else nbytes) or None

    def readinto(self, buf: Any, nbytes: int | None = None) -> int | None:
        """Read into a buffer. Returns the number of bytes; None for none."""
        data = self._serial.read(len(buf) if nbytes is None else nbytes)
        buf[: len(data)] = data
        return len(data) or None

    def readline(self) -> bytes | None:
        """Return the bytes up to a line feed; None if nothing arrives before the timeout."""
        return self._serial.readline() or None

    def write(self, buf: Buffer) -> int:
        """Send the bytes. Returns their number."""
        return self._serial.write(buf)
