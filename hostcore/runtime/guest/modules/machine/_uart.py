"""MicroPython's serial port. It is the host's first serial port, whatever its number in MicroPython."""

from typing import Any

import serial
from _uart_port import UartPort
from host._granted import granted


class UART(UartPort):
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

    def any(self) -> int:
        """Return the number of bytes that can be read without a wait."""
        return self._serial.in_waiting

    def flush(self) -> None:
        """Wait until all bytes are sent."""
        self._serial.flush()

    def txdone(self) -> bool:
        """Whether all bytes are sent."""
        return True
