"""Checks the range of each request, as wit/ states it, and returns the permission that the request needs.

Every function raises ValueError if a value is out of range; the message says what was found and what is allowed.
Ranges are checked before permissions, so that no oversized value is kept anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cOperation, I2cRead
from hostcore.backends.spi import SpiDelay, SpiOperation, SpiSelect, SpiSettings, length_of
from hostcore.late_pattern import late_pattern
from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    SpiPermission,
    UartPermission,
)
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
from hostcore.pulse import Pulse

I2C_MAX_OPERATIONS = 42
"""The most messages in one I2C_RDWR call (linux/i2c-dev.h, I2C_RDWR_IOCTL_MAX_MSGS)."""
I2C_MAX_BYTES = 10_000
"""The most bytes of one transaction. With 9 clocks per byte they take 0.9 s at 100 kHz. Other plugins wait no longer
for the bus, and the kernel's time limit of one second is kept (i2c-core-base.c, the adapter's default timeout HZ)."""
MAX_STREAM_BYTES = 4096
"""The most bytes of one SPI transaction (spidev's default bufsiz) or UART call."""
SPI_MAX_OPERATIONS = 64
"""The most operations of one SPI transaction. The kernel allows 511 (linux/spi/spidev.h, the size in the ioctl)."""
SPI_MAX_DELAY_US = 100_000
"""The longest sum of an SPI transaction's delays, in microseconds, because other plugins wait for the bus meanwhile."""
SPI_WIRES = {0: {9: "MISO", 10: "MOSI", 11: "SCLK"}, 1: {19: "MISO", 20: "MOSI", 21: "SCLK"}}
"""BCM numbers of the lines of an SPI bus (Raspberry Pi firmware, overlays/README, spi0-1cs and spi1-1cs). To drive one
as a GPIO line would take it from the bus until the next start."""
MAX_EDGES = 1024
"""The most edges of one capture: the kernel's limit of a line's event buffer (linux/gpio.h, event_buffer_size)."""
MAX_PULSES = 256
"""The most pulses that one capture drives."""
MAX_CAPTURE_NS = 1_000_000_000
"""The longest time for which one capture drives pulses, and for which it records edges, in nanoseconds."""
_CHANNEL = late_pattern(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)

_cached_i2c = lru_cache(maxsize=1024, typed=True)(I2cPermission)  # every transfer needs one, mostly the same ones


def i2c_request(bus: int, address: int, operations: Sequence[I2cOperation]) -> I2cPermission:
    """Check a transaction: an address of 7 bits, 1 to 42 operations, 8,192 bytes in each, 10,000 in total."""
    if not I2C_FIRST_ADDRESS <= address <= I2C_LAST_ADDRESS:
        raise ValueError(f"the I2C address 0x{address:02x}; addresses have 7 bits and go from 0x08 to 0x77")
    if not 1 <= len(operations) <= I2C_MAX_OPERATIONS:  # every transfer comes here, so no message is made in advance
        raise ValueError(f"{len(operations)} operations; 1 to {I2C_MAX_OPERATIONS}")
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
    if total > I2C_MAX_BYTES:
        raise ValueError(f"{total} bytes in one transaction; up to {I2C_MAX_BYTES} are allowed")
    return _cached_i2c(bus, address, address, reads, writes)


def i2c_permissions(bus: int, address: int) -> tuple[I2cPermission, I2cPermission, I2cPermission]:
    """Return the permissions to write, to read, and to do both at an address. Raises ValueError if it cannot exist."""
    return (
        _cached_i2c(bus, address, address, False, True),
        _cached_i2c(bus, address, address, True, False),
        _cached_i2c(bus, address, address, True, True),
    )


def spi_request(
    bus: int, chip_select: int, operations: Sequence[SpiOperation], settings: SpiSettings
) -> tuple[SpiPermission, GpioPermission | None]:
    """Check a transaction: 1 to 64 operations, 4,096 bytes and 100 ms of delays, 1 to 125,000,000 Hz, mode 0 to 3."""
    _require(1 <= len(operations) <= SPI_MAX_OPERATIONS, f"{len(operations)} operations; 1 to {SPI_MAX_OPERATIONS}")
    _require_length(sum(map(length_of, operations)))
    delay = sum(each.microseconds for each in operations if isinstance(each, SpiDelay))
    _require(delay <= SPI_MAX_DELAY_US, f"{delay} µs of delays; up to {SPI_MAX_DELAY_US:,} together are allowed")
    _require(1 <= settings.speed_hz <= 125_000_000, f"{settings.speed_hz} Hz; 1 to 125,000,000 are allowed")
    _require(0 <= settings.mode <= 3, f"SPI mode {settings.mode}; 0 to 3 exist")
    if settings.line is None:
        return SpiPermission(bus, chip_select), None
    wire = SPI_WIRES.get(bus, {}).get(settings.line)
    _require(wire is None, f"line {settings.line} to select the chip; it is {wire} of SPI bus {bus}")
    _require(settings.select is not SpiSelect.NONE, "a line to select the chip, and select none; one of them is needed")
    return SpiPermission(bus, chip_select), GpioPermission(settings.line, GpioMode.OUT)


def capture_request(line: int, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> GpioPermission:
    """Check a capture: up to 256 pulses of 1 s in total, then up to 1 s and 1,024 edges."""
    _require(timeout_ns <= MAX_CAPTURE_NS, f"a timeout of {timeout_ns} ns; up to {MAX_CAPTURE_NS} are allowed")
    _require(1 <= max_edges <= MAX_EDGES, f"max-edges {max_edges}; 1 to {MAX_EDGES} are allowed")
    _require(len(drive) <= MAX_PULSES, f"{len(drive)} pulses to drive; up to {MAX_PULSES} are allowed")
    _require(all(each.duration_ns >= 0 for each in drive), "a pulse of less than 0 ns; 0 and up are allowed")
    driven = sum(each.duration_ns for each in drive)
    _require(driven <= MAX_CAPTURE_NS, f"{driven} ns of pulses; up to {MAX_CAPTURE_NS} together are allowed")
    return GpioPermission(line, GpioMode.PULSES)


def uart_read_request(port: str, max_length: int, timeout_ms: int) -> UartPermission:
    """Check a read from a serial port: 1 to 4,096 bytes, up to 60,000 ms."""
    _require(1 <= max_length <= MAX_STREAM_BYTES, f"max-length {max_length}; 1 to {MAX_STREAM_BYTES} are allowed")
    _require(timeout_ms <= 60_000, f"a timeout of {timeout_ms} ms; up to 60,000 are allowed")
    return UartPermission(port)


def uart_write_request(port: str, data: bytes) -> UartPermission:
    """Check a write to a serial port: up to 4,096 bytes."""
    _require_length(len(data))
    return UartPermission(port)


def uart_baud_request(port: str, baud: int) -> UartPermission:
    """Check a speed of a serial port: 50 to 4,000,000 baud."""
    _require(50 <= baud <= 4_000_000, f"{baud} baud; 50 to 4,000,000 are allowed")
    return UartPermission(port)


def iio_request(device: str, channel: str) -> IioPermission:
    """Check the name of a channel, because it becomes part of a path."""
    permission = IioPermission(device)
    _require(_CHANNEL.fullmatch(channel) is not None, "a channel's name has only small letters, digits, '_' and '-'")
    return permission


def _require(allowed: bool, problem: str) -> None:
    if not allowed:
        raise ValueError(problem)


def _require_length(length: int) -> None:
    _require(length <= MAX_STREAM_BYTES, f"{length} bytes; up to {MAX_STREAM_BYTES} at once are allowed")
