"""Serial ports of the Linux kernel, through pyserial."""

from __future__ import annotations

import re
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from select import select

from serial import Serial, SerialTimeoutException

from hostcore.backends.base import Uart
from hostcore.backends.linux.file import DeviceFile
from hostcore.backends.linux.setup import uart_missing, uart_path
from hostcore.clock import NS_PER_S
from hostcore.errors import BusFaultError, BusTimeoutError, UnsupportedError

FIRST_BAUD = 9600
"""Bits per second, until a plugin sets another speed."""
BITS_A_BYTE = 10
"""A start bit, 8 data bits and a stop bit."""
WRITE_SECONDS = 1.0
"""How much longer a write may take than its bits need on the wire."""
PORT = re.compile(r"(serial|tty[A-Z]{1,4}|rfcomm)[0-9]{1,3}")
"""The name of a serial port. Other files in /dev must not be opened: for some of them, this alone does damage."""


class LinuxUart(Uart):
    """The serial port /dev/PORT: 8 data bits, no parity, one stop bit, 9,600 baud until `set_baud`.

    If its adapter is unplugged, all calls fail until it is plugged in again. The port keeps its speed.

    Args:
        port: name of the port, such as ``serial0`` or ``ttyUSB0``.

    Raises:
        UnsupportedError: the port does not exist or cannot be used. The message says what to do.
    """

    def __init__(self, port: str) -> None:
        if PORT.fullmatch(port) is None:
            raise UnsupportedError(
                f"{port!r} is not the name of a serial port, such as serial0, ttyAMA0, ttyUSB0 or ttyACM0"
            )
        self._path, self._baud = uart_path(port), FIRST_BAUD
        self._file: DeviceFile[Serial] = DeviceFile(self._path, self._opened, lambda: uart_missing(port))

    def read(self, max_length: int, timeout_ns: int) -> bytes:
        with self._in_use() as port:
            if not select([port], [], [], timeout_ns / NS_PER_S)[0]:
                return b""
            return bytes(port.read(max_length))

    def write(self, data: bytes) -> None:
        with self._in_use() as port:
            port.write_timeout = WRITE_SECONDS + len(data) * BITS_A_BYTE / self._baud
            port.write(data)

    def set_baud(self, baud: int) -> None:
        with self._in_use() as port:
            before, self._baud = self._baud, baud
            try:
                port.baudrate = baud
            except ValueError as error:
                port.baudrate = self._baud = before
                raise UnsupportedError(f"{self._path} cannot do {baud} baud: {error}") from error

    def close(self) -> None:
        """Close the port; the next use opens it again."""
        self._file.close()

    def _opened(self) -> Serial:
        return Serial(str(self._path), self._baud, timeout=0, exclusive=True)

    @contextmanager
    def _in_use(self) -> Iterator[Serial]:
        port = self._file.handle()
        try:
            yield port
        except SerialTimeoutException:
            raise BusTimeoutError(f"{self._path} did not take the bytes in time") from None
        except (OSError, termios.error) as error:
            problem = error if isinstance(error, OSError) else OSError(*error.args)
            self._file.close()  # a port does not recover from a hang-up
            raise self._file.lost(problem) or BusFaultError(f"{self._path}: {problem}") from error
