"""Constants, exceptions and small helpers of pyserial."""

import time
from collections.abc import Buffer, Iterable

XON, XOFF, CR, LF = b"\x11", b"\x13", b"\r", b"\n"
PARITY_NONE, PARITY_EVEN, PARITY_ODD, PARITY_MARK, PARITY_SPACE = "N", "E", "O", "M", "S"
STOPBITS_ONE, STOPBITS_ONE_POINT_FIVE, STOPBITS_TWO = 1, 1.5, 2
FIVEBITS, SIXBITS, SEVENBITS, EIGHTBITS = 5, 6, 7, 8
PARITY_NAMES = {"N": "None", "E": "Even", "O": "Odd", "M": "Mark", "S": "Space"}


class SerialException(OSError):  # noqa: N818 - the original's name
    """An error of a serial port."""


class SerialTimeoutException(SerialException):
    """A write took too long."""


class PortNotOpenError(SerialException):
    """The port is not open."""

    def __init__(self) -> None:
        super().__init__("Attempting to use a port that is not open")


class Timeout:
    """The time that is left for a call.

    Args:
        duration: seconds; None for no end, 0 for no wait.
    """

    def __init__(self, duration: float | None) -> None:
        self.duration = duration
        self.is_infinite, self.is_non_blocking = duration is None, duration == 0
        self.target_time = None if duration is None else time.monotonic() + duration

    def expired(self) -> bool:
        """Whether no time is left."""
        return self.target_time is not None and time.monotonic() >= self.target_time

    def time_left(self) -> float | None:
        """The seconds left; None for no end."""
        return None if self.target_time is None else max(0.0, self.target_time - time.monotonic())

    def restart(self, duration: float) -> None:
        """Count `duration` seconds from now."""
        self.duration, self.target_time = duration, time.monotonic() + duration


def to_bytes(seq: Buffer | Iterable[int]) -> bytes:
    """Return bytes for a buffer, or for numbers 0 to 255. Raises TypeError for text."""
    if isinstance(seq, str):
        raise TypeError(f"unicode strings are not supported, please encode to bytes: {seq!r}")
    return bytes(bytearray(seq))
