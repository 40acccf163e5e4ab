"""What a plugin may ask for at once: the ranges that wit/ states, and the permission that each request needs.

Every function raises ValueError, whose text says what was asked for and what is allowed. Ranges are checked before
permissions, so that nothing oversized is kept anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cOperation, I2cRead, SpiSettings
from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    SpiPermission,
    UartPermission,
)
from hostcore.pulse import Pulse

I2C_MAX_OPERATIONS = 42
"""Messages in one I2C_RDWR call (linux/i2c-dev.h, I2C_RDWR_IOCTL_MAX_MSGS)."""
I2C_MAX_BYTES = 10_000
"""The most bytes of one transaction. 9 clocks each make 0.9 s at 100 kHz: the others wait no longer for the bus, and it
ends within the second that the kernel gives a whole transfer (i2c-core-base.c, the adapter's default timeout HZ)."""
MAX_STREAM_BYTES = 4096
"""The most bytes of one SPI transfer (spidev's default bufsiz) or UART call."""
MAX_EDGES = 1024
"""The kernel's own cap on a line's event buffer (linux/gpio.h, GPIO v2 event_buffer_size)."""
MAX_PULSES = 256
"""The most pulses that one capture drives."""
MAX_CAPTURE_NS = 1_000_000_000
"""The longest time that one capture drives, and that it listens."""
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)

_cached_i2c = lru_cache(maxsize=1024, typed=True)(I2cPermission)  # made for every transfer, mostly the same


def i2c_request(bus: int, address: int, operations: Sequence[I2cOperation]) -> I2cPermission:
    """For one transaction."""
    _require(1 <= len(operations) <= I2C_MAX_OPERATIONS, f"{len(operations)} operations; 1 to {I2C_MAX_OPERATIONS}")
    reads = writes = False
    total = 0
    for each in operations:
        if isinstance(each, I2cRead):
            reads, length, least = True, each.length, 1
        else:
            writes, length, least = True, len(each.data), 0
        if not least <= length <= I2C_MAX_MESSAGE:
            raise ValueError(f"{length} bytes; {least} to {I2C_MAX_MESSAGE} are allowed")
        total += length
    _require(total <= I2C_MAX_BYTES, f"{total} bytes in one transaction; up to {I2C_MAX_BYTES} are allowed")
    return _cached_i2c(bus, address, address, reads, writes)


def spi_request(bus: int, chip_select: int, data: bytes, settings: SpiSettings) -> SpiPermission:
    """For one transfer."""
    _require_length(data)
    _require(1 <= settings.speed_hz <= 125_000_000, f"{settings.speed_hz} Hz; 1 to 125,000,000 are allowed")
    _require(0 <= settings.mode <= 3, f"SPI mode {settings.mode}; 0 to 3 exist")
    return SpiPermission(bus, chip_select)


def capture_request(line: int, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> GpioPermission:
    """For one capture of a line's edges."""
    _require(timeout_ns <= MAX_CAPTURE_NS, f"a timeout of {timeout_ns} ns; up to {MAX_CAPTURE_NS} are allowed")
    _require(1 <= max_edges <= MAX_EDGES, f"max-edges {max_edges}; 1 to {MAX_EDGES} are allowed")
    _require(len(drive) <= MAX_PULSES, f"{len(drive)} pulses to drive; up to {MAX_PULSES} are allowed")
    _require(all(each.duration_ns >= 0 for each in drive), "a pulse of less than nothing")
    driven = sum(each.duration_ns for each in drive)
    _require(driven <= MAX_CAPTURE_NS, f"{driven} ns of pulses; up to {MAX_CAPTURE_NS} together are allowed")
    return GpioPermission(line, GpioMode.PULSES)


def uart_read_request(port: str, max_length: int, timeout_ms: int) -> UartPermission:
    """For one read of a serial port."""
    _require(1 <= max_length <= MAX_STREAM_BYTES, f"max-length {max_length}; 1 to {MAX_STREAM_BYTES} are allowed")
    _require(timeout_ms <= 60_000, f"a timeout of {timeout_ms} ms; up to 60,000 are allowed")
    return UartPermission(port)


def uart_write_request(port: str, data: bytes) -> UartPermission:
    """For one write to a serial port."""
    _require_length(data)
    return UartPermission(port)


def uart_baud_request(port: str, baud: int) -> UartPermission:
    """For another speed of a serial port."""
    _require(50 <= baud <= 4_000_000, f"{baud} baud; 50 to 4,000,000 are allowed")
    return UartPermission(port)


def iio_request(device: str, channel: str) -> IioPermission:
    """For one measurement by the kernel; the channel's name becomes part of a path."""
    permission = IioPermission(device)
    _require(_CHANNEL.fullmatch(channel) is not None, "a channel's name has small letters, digits, '_' and '-'")
    return permission


def _require(allowed: bool, problem: str) -> None:
    if not allowed:
        raise ValueError(problem)


def _require_length(data: bytes) -> None:
    _require(len(data) <= MAX_STREAM_BYTES, f"{len(data)} bytes; up to {MAX_STREAM_BYTES} at once are allowed")
