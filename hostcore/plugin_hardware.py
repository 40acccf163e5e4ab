"""The hardware in one plugin's hands: permission first, then the bus under its lock, and one event for each access."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from hostcore.backends.base import (
    I2C_MAX_MESSAGE,
    Edge,
    GpioLine,
    I2cBus,
    I2cOperation,
    I2cRead,
    I2cWrite,
    Pull,
    SpiDevice,
    SpiSettings,
    System,
    SystemStatus,
    Uart,
)
from hostcore.clock import Clock
from hostcore.devices.base import Pulse
from hostcore.errors import (
    AccessDeniedError,
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
    UnsupportedError,
)
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.hardware import Hardware, Place
from hostcore.permissions import (
    PORT_PATTERN,
    GpioMode,
    GpioPermission,
    I2cPermission,
    Permission,
    SpiPermission,
    SystemPermission,
    UartPermission,
)
from hostcore.ports import Ports

I2C_MAX_OPERATIONS = 42
"""Messages in one I2C_RDWR call (linux/i2c-dev.h, I2C_RDWR_IOCTL_MAX_MSGS)."""
MAX_STREAM_BYTES = 4096
"""The most bytes of one SPI transfer (spidev's default bufsiz) or UART call."""
MAX_EDGES = 1024
"""The kernel's own cap on a line's event buffer (linux/gpio.h, GPIO v2 event_buffer_size)."""
MAX_PULSES = 256
"""The most pulses that one capture drives."""
MAX_CAPTURE_NS = 1_000_000_000
"""The longest time that one capture drives, and that it listens."""

WAIT_SLICE_NS = 50_000_000
"""Nanoseconds between two looks at the call's limit while a serial port is silent."""

_OUTCOMES: tuple[tuple[type[BusError], Outcome], ...] = (
    (NoAcknowledgeError, Outcome.NO_ACKNOWLEDGE),
    (BusFaultError, Outcome.BUS),
    (ArbitrationLostError, Outcome.ARBITRATION_LOSS),
    (BusTimeoutError, Outcome.TIMEOUT),
    (AccessDeniedError, Outcome.DENIED),
    (BusError, Outcome.OTHER),
)
D = TypeVar("D")
R = TypeVar("R")
Messages = tuple[Message, ...]


def outcome_of(error: BusError) -> Outcome:
    """The contract's name for a failure."""
    return next(outcome for kind, outcome in _OUTCOMES if isinstance(error, kind))


class PluginHardware:
    """Every method blocks until the bus is free and the access done, and raises a `BusError` for the plugin to hear.

    Args:
        hardware: all buses.
        plugin: the plugin's name.
        ports: what it may touch, for how long, and who is told.
    """

    def __init__(self, hardware: Hardware, plugin: str, ports: Ports) -> None:
        self._hardware, self._plugin = hardware, plugin
        self._access, self._share, self._limit, self._publish = ports.access, ports.share, ports.limit, ports.publish

    def i2c_transaction(self, bus: int | None, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        """`I2cBus.transaction` on bus number `bus` (None: the default bus)."""
        number = self._hardware.default_i2c if bus is None else bus
        if number is None:
            raise UnsupportedError("host.toml lists no I2C bus; add [buses.i2c-1] there")

        def transact(device: I2cBus) -> tuple[tuple[bytes, ...], Messages]:
            received = device.transaction(address, operations)
            return received, _interleaved(operations, received)

        return self._perform(
            Place(f"i2c-{number}", address),
            lambda: _i2c_permission(number, address, operations),
            self._hardware.i2c_bus,
            transact,
            sent=tuple([Message(True, each.data) for each in operations if isinstance(each, I2cWrite)]),
        )

    def spi_transfer(self, bus: int, chip_select: int, data: bytes, settings: SpiSettings) -> bytes:
        """`SpiDevice.transfer` behind a chip select."""

        def permission() -> Permission:
            _require_length(data)
            _require(1 <= settings.speed_hz <= 125_000_000, f"{settings.speed_hz} Hz; 1 to 125,000,000 are allowed")
            _require(0 <= settings.mode <= 3, f"SPI mode {settings.mode}; 0 to 3 exist")
            return SpiPermission(bus, chip_select)

        def transfer(device: SpiDevice) -> tuple[bytes, Messages]:
            received = device.transfer(data, settings)
            return received, (Message(True, data), Message(False, received))

        return self._perform(
            Place(f"spi-{bus}", chip_select),
            permission,
            self._hardware.spi_device,
            transfer,
            sent=(Message(True, data),),
        )

    def gpio_read(self, line: int, pull: Pull) -> bool:
        """`GpioLine.read`."""

        def read(device: GpioLine) -> tuple[bool, Messages]:
            level = device.read(pull)
            return level, (Message(False, bytes((level,))),)

        return self._perform(
            Place("gpio", line), lambda: GpioPermission(line, GpioMode.IN), self._hardware.gpio_line, read
        )

    def gpio_write(self, line: int, level: bool) -> None:
        """`GpioLine.write`."""
        sent = (Message(True, bytes((level,))),)
        self._perform(
            Place("gpio", line),
            lambda: GpioPermission(line, GpioMode.OUT),
            self._hardware.gpio_line,
            lambda device: (device.write(level), sent),
            sent=sent,
        )

    def gpio_capture(self, line: int, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        """`GpioLine.capture`."""

        def permission() -> Permission:
            _require(timeout_ns <= MAX_CAPTURE_NS, f"a timeout of {timeout_ns} ns; up to {MAX_CAPTURE_NS} are allowed")
            _require(1 <= max_edges <= MAX_EDGES, f"max-edges {max_edges}; 1 to {MAX_EDGES} are allowed")
            _require(len(drive) <= MAX_PULSES, f"{len(drive)} pulses to drive; up to {MAX_PULSES} are allowed")
            _require(all(each.duration_ns >= 0 for each in drive), "a pulse of less than nothing")
            driven = sum(each.duration_ns for each in drive)
            _require(driven <= MAX_CAPTURE_NS, f"{driven} ns of pulses; up to {MAX_CAPTURE_NS} together are allowed")
            return GpioPermission(line, GpioMode.PULSES)

        return self._perform(
            Place("gpio", line),
            permission,
            self._hardware.gpio_line,
            lambda device: (device.capture(drive, timeout_ns, max_edges), ()),
        )

    def uart_read(self, port: str, max_length: int, timeout_ms: int) -> bytes:
        """`Uart.read`; looks at the call's limit while it waits."""

        def permission() -> Permission:
            _require(
                1 <= max_length <= MAX_STREAM_BYTES, f"max-length {max_length}; 1 to {MAX_STREAM_BYTES} are allowed"
            )
            _require(timeout_ms <= 60_000, f"a timeout of {timeout_ms} ms; up to 60,000 are allowed")
            return UartPermission(port)

        def read(device: Uart) -> tuple[bytes, Messages]:
            clock = self._hardware.clock
            until = clock.monotonic_ns() + timeout_ms * 1_000_000
            while True:
                left = max(0, until - clock.monotonic_ns())
                asked = clock.monotonic_ns()
                received = device.read(max_length, min(left, WAIT_SLICE_NS))
                if not received:  # a silent port keeps nobody else from anything
                    self._share.spend(asked - clock.monotonic_ns())
                if received or not left:
                    return received, (Message(False, received),)
                self._limit.check()

        return self._perform(_port(port), permission, self._hardware.uart, read)

    def uart_write(self, port: str, data: bytes) -> None:
        """`Uart.write`."""
        sent = (Message(True, data),)

        def permission() -> Permission:
            _require_length(data)
            return UartPermission(port)

        self._perform(
            _port(port), permission, self._hardware.uart, lambda device: (device.write(data), sent), sent=sent
        )

    def uart_set_baud(self, port: str, baud: int) -> None:
        """`Uart.set_baud`."""

        def permission() -> Permission:
            _require(50 <= baud <= 4_000_000, f"{baud} baud; 50 to 4,000,000 are allowed")
            return UartPermission(port)

        self._perform(_port(port), permission, self._hardware.uart, lambda device: (device.set_baud(baud), ()))

    def system_status(self) -> SystemStatus:
        """`System.status`."""

        def read(device: System) -> tuple[SystemStatus, Messages]:
            return device.status(), ()

        return self._perform(Place("system", None), SystemPermission, self._hardware.system, read)

    def _perform(
        self,
        place: Place,
        permission: Callable[[], Permission],
        opener: Callable[[Place], D],
        action: Callable[[D], tuple[R, Messages]],
        sent: Messages = (),
    ) -> R:
        clock = self._hardware.clock
        wall, asked = clock.wall_ns(), clock.monotonic_ns()
        began: int | None = None
        messages: Messages = ()
        outcome, detail = Outcome.OTHER, "the call ended before the access was done"
        try:
            self._access.require(_valid(permission))
            device = opener(place)
            self._await_share(clock)
            with self._hardware.held(place, self._limit):
                began, messages = clock.monotonic_ns(), sent
                result, messages = action(device)
            outcome, detail = Outcome.OK, ""
        except BusError as error:
            outcome, detail = outcome_of(error), str(error)
            raise
        finally:
            ended = clock.monotonic_ns()
            duration = 0 if began is None else ended - began
            self._share.spend(duration)
            self._publish(
                TransferCompleted(
                    wall,
                    self._plugin,
                    place.bus,
                    place.address,
                    messages,
                    outcome,
                    detail,
                    duration,
                    ended - duration - asked,
                )
            )
        return result

    def _await_share(self, clock: Clock) -> None:
        wait = self._share.wait_ns(clock.monotonic_ns())
        if wait:
            self._limit.wait_until(clock.monotonic_ns() + wait)


def _require(allowed: bool, problem: str) -> None:
    if not allowed:
        raise ValueError(problem)


def _require_length(data: bytes) -> None:
    _require(len(data) <= MAX_STREAM_BYTES, f"{len(data)} bytes; up to {MAX_STREAM_BYTES} at once are allowed")


def _valid(permission: Callable[[], Permission]) -> Permission:
    try:
        return permission()
    except ValueError as problem:
        raise UnsupportedError(f"no such access: {problem}") from None


_cached_i2c_permission = lru_cache(maxsize=1024, typed=True)(I2cPermission)  # made for every transfer, mostly the same


def _i2c_permission(bus: int, address: int, operations: Sequence[I2cOperation]) -> Permission:
    _require(1 <= len(operations) <= I2C_MAX_OPERATIONS, f"{len(operations)} operations; 1 to {I2C_MAX_OPERATIONS}")
    reads = writes = False
    for each in operations:
        if isinstance(each, I2cRead):
            reads, length, least = True, each.length, 1
        else:
            writes, length, least = True, len(each.data), 0
        _require(least <= length <= I2C_MAX_MESSAGE, f"{length} bytes; {least} to {I2C_MAX_MESSAGE} are allowed")
    return _cached_i2c_permission(bus, address, address, reads, writes)


def _port(port: str) -> Place:
    """The port's place; what is no port's name is not repeated, for it can be of any length."""
    return Place(f"uart-{port}" if re.fullmatch(PORT_PATTERN, port) else "uart-?", None)


def _interleaved(operations: Sequence[I2cOperation], received: Sequence[bytes]) -> Messages:
    reads = iter(received)
    return tuple(
        [Message(True, each.data) if isinstance(each, I2cWrite) else Message(False, next(reads)) for each in operations]
    )
