"""A serial port."""

import errno
import math
from collections.abc import Buffer, Iterator
from typing import Any, Self

import host
from host import uart
from host._granted import granted

from ._settings import Settings
from .serialutil import (
    EIGHTBITS,
    LF,
    PARITY_NONE,
    STOPBITS_ONE,
    PortNotOpenError,
    SerialException,
    SerialTimeoutException,
    Timeout,
    to_bytes,
)

HEADER_PORTS = frozenset({"ttyS0", "ttyAMA0", "ttyAMA10"})
"""The names that the port on the header has on the models of the Pi. `serial0` is a link to one of them (Raspberry Pi
documentation, "UART configuration")."""
LONGEST = 4096
"""Bytes of one call of the host, and of the kernel's input buffer (drivers/tty, N_TTY_BUF_SIZE)."""
SLOWEST_BAUD, FASTEST_BAUD = 50, 4_000_000
"""The speeds that the host offers."""
LONGEST_WAIT = 1.0
"""Seconds that one call of the host may wait. Between two calls, a script follows orders, such as a new version."""


class Serial(Settings):
    """A serial port.

    Args:
        port: its path, such as ``/dev/serial0``. With one, the port is opened at once.
        baudrate: bits per second.
        bytesize: data bits, 8.
        parity: `PARITY_NONE`.
        stopbits: `STOPBITS_ONE`.
        timeout: seconds that a read may take; None for no limit, 0 for no wait.
        xonxoff: False.
        rtscts: False.
        write_timeout: seconds that a write may take.
        dsrdtr: False.
        inter_byte_timeout: has no effect.
        exclusive: has no effect.
        others: `writeTimeout` and `interCharTimeout`, the names of pyserial 2.
    """

    def __init__(  # noqa: PLR0917 - the original's parameters
        self,
        port: str | None = None,
        baudrate: int = 9600,
        bytesize: int = EIGHTBITS,
        parity: str = PARITY_NONE,
        stopbits: float = STOPBITS_ONE,
        timeout: float | None = None,
        xonxoff: bool = False,
        rtscts: bool = False,
        write_timeout: float | None = None,
        dsrdtr: bool = False,
        inter_byte_timeout: float | None = None,
        exclusive: bool | None = None,
        **others: Any,
    ) -> None:
        super().__init__()
        self._port: str | None = None
        self._unit = ""
        self._received = bytearray()
        self._values["rs485_mode"] = None
        self.port = port
        self.baudrate, self.bytesize, self.parity, self.stopbits = baudrate, bytesize, parity, stopbits
        self.timeout, self.write_timeout = timeout, others.pop("writeTimeout", write_timeout)
        self.xonxoff, self.rtscts, self.dsrdtr, self.exclusive = xonxoff, rtscts, dsrdtr, exclusive
        self.inter_byte_timeout = others.pop("interCharTimeout", inter_byte_timeout)
        if others:
            raise ValueError(f"unexpected keyword arguments: {others!r}")
        if port is not None:
            self.open()

    def open(self) -> None:
        """Open the port, and forget what it received before.

        Raises:
            SerialException: it is open already, the host has no such port, or the port cannot have these settings.
            host.Denied: host.toml does not grant it.
        """
        if self._port is None:
            raise SerialException("Port must be configured before it can be used.")
        if self.is_open:
            raise SerialException("Port is already open.")
        self._unit = _unit_of(self._port)
        self._reconfigure_port()
        self.is_open = True
        self.reset_input_buffer()

    def close(self) -> None:
        """Close the port."""
        self.is_open = False

    @property
    def port(self) -> str | None:
        """The path. A new one takes effect at once if the port is open."""
        return self._port

    @port.setter
    def port(self, port: str | None) -> None:
        if port is not None and not isinstance(port, str):
            raise ValueError(f'"port" must be None or a string, not {type(port)}')
        was_open = self.is_open
        self.close()
        self.name = self.portstr = self._port = port
        if was_open:
            self.open()

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read without a wait."""
        self._require_open()
        self._fill(0.0)
        return len(self._received)

    @property
    def out_waiting(self) -> int:
        """The number of bytes that are still to be sent: 0, because a write waits for the port to take them."""
        self._require_open()
        return 0

    def read(self, size: int = 1) -> bytes:
        """Return `size` bytes, or fewer if the timeout ends before. Blocks until then."""
        self._require_open()
        timeout = Timeout(self.timeout)
        while len(self._received) < size:
            left = timeout.time_left()
            self._fill(LONGEST_WAIT if left is None else left, size)
            if timeout.expired():
                break
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def read_all(self) -> bytes:
        """Return all bytes that can be read without a wait."""
        return self.read(self.in_waiting)

    def read_until(self, expected: bytes = LF, size: int | None = None) -> bytes:
        """Read until `expected` has come, or `size` bytes, or until the timeout ends."""
        line, timeout = bytearray(), Timeout(self.timeout)
        while True:
            byte = self.read(1)
            line += byte
            enough = line.endswith(expected) or (size is not None and len(line) >= size)
            if not byte or enough or timeout.expired():
                return bytes(line)

    def iread_until(self, *arguments: Any, **named: Any) -> Iterator[bytes]:
        """Yield the results of `read_until` until one is empty."""
        while line := self.read_until(*arguments, **named):
            yield line

    def readinto(self, b: Any) -> int:
        """Read into a buffer. Returns the number of bytes."""
        data = self.read(len(b))
        b[: len(data)] = data
        return len(data)

    def write(self, data: Buffer) -> int:
        """Send `data`. Blocks until the port has taken it. Returns the number of bytes.

        Raises:
            SerialTimeoutException: the port did not take the bytes in time.
        """
        self._require_open()
        sent = to_bytes(data)
        try:
            for start in range(0, len(sent), LONGEST):
                uart.write(sent[start : start + LONGEST], port=self._unit)
        except host.Timeout:
            raise SerialTimeoutException("Write timeout") from None
        except host.BusError as error:
            raise SerialException(f"write failed: {error}") from error
        return len(sent)

    def flush(self) -> None:
        """Wait until all bytes are sent. A write has done so already."""
        self._require_open()

    def reset_input_buffer(self) -> None:
        """Forget the bytes that were received."""
        self._require_open()
        while self._fill(0.0) == LONGEST:
            self._received.clear()
        self._received.clear()

    def reset_output_buffer(self) -> None:
        """Forget the bytes that were not sent yet. There are none."""
        self._require_open()

    def cancel_read(self) -> None:
        """Do nothing: no other thread can be reading."""

    def cancel_write(self) -> None:
        """Do nothing: no other thread can be writing."""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def isOpen(self) -> bool:  # noqa: N802 - the original's name
        """`is_open`."""
        return self.is_open

    def inWaiting(self) -> int:  # noqa: N802
        """`in_waiting`."""
        return self.in_waiting

    def flushInput(self) -> None:  # noqa: N802
        """`reset_input_buffer`."""
        self.reset_input_buffer()

    def flushOutput(self) -> None:  # noqa: N802
        """`reset_output_buffer`."""
        self.reset_output_buffer()

    def __enter__(self) -> Self:
        if self._port is not None and not self.is_open:
            self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}<id=0x{id(self):x}, open={self.is_open}>(port={self.portstr!r}, "
            f"baudrate={self.baudrate!r}, bytesize={self.bytesize!r}, parity={self.parity!r}, "
            f"stopbits={self.stopbits!r}, timeout={self.timeout!r}, xonxoff={self.xonxoff!r}, "
            f"rtscts={self.rtscts!r}, dsrdtr={self.dsrdtr!r})"
        )

    def _require_open(self) -> None:
        if not self.is_open:
            raise PortNotOpenError

    def _fill(self, seconds: float, wanted: int = 0) -> int:
        """Fetch the bytes that have arrived; wait up to `seconds` for the first. Returns their number.

        Keeps as many as the kernel would, or `wanted` if that is more. The others stay with the host.
        """
        room = min(max(LONGEST, wanted) - len(self._received), LONGEST)
        if room <= 0:
            return 0
        milliseconds = math.ceil(min(seconds, LONGEST_WAIT) * 1000)
        try:
            data = uart.read(room, timeout=milliseconds / 1000, port=self._unit)
        except host.BusError as error:
            raise SerialException(f"read failed: {error}") from error
        self._received += data
        return len(data)

    def _set_baud(self, baud: int) -> None:
        if not SLOWEST_BAUD <= baud <= FASTEST_BAUD:
            raise ValueError(f"Invalid baud rate: {baud!r}; {SLOWEST_BAUD} to {FASTEST_BAUD} are possible")
        try:
            uart.set_baud(baud, port=self._unit)
        except host.BusError as error:
            if not self.is_open:
                raise SerialException(errno.ENOENT, f"could not open port {self._port}: {error}") from error
            raise ValueError(f"Invalid baud rate: {baud!r}: {error}") from error


def _unit_of(path: str) -> str:
    """The host's name of a port."""
    unit = path.removeprefix("/dev/")
    return "serial0" if unit in HEADER_PORTS and granted().uart == "serial0" else unit
