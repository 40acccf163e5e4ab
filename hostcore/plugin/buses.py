"""The hardware in one plugin's hands: permission first, then the bus under its lock, and one event for each access."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from hostcore.backends.base import (
    IIO_NAME,
    Edge,
    GpioLine,
    I2cBus,
    I2cOperation,
    I2cWrite,
    Iio,
    Pull,
    SpiDevice,
    SpiSettings,
    System,
    SystemStatus,
    Uart,
)
from hostcore.buses.shared import Hardware
from hostcore.clock import Clock
from hostcore.errors import (
    BusError,
    UnsupportedError,
)
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    IioPermission,
    Permission,
    SystemPermission,
)
from hostcore.place import GPIO, IIO, SYSTEM, BusKind, BusName, Place
from hostcore.plugin.bounds import (
    capture_request,
    i2c_request,
    iio_request,
    spi_request,
    uart_baud_request,
    uart_read_request,
    uart_write_request,
)
from hostcore.plugin.kit import Ports
from hostcore.plugin.outcomes import outcome_of
from hostcore.pulse import Pulse

WAIT_SLICE_NS = 50_000_000
"""Nanoseconds between two looks at the call's limit while a serial port is silent."""

D = TypeVar("D")
R = TypeVar("R")
Messages = tuple[Message, ...]


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

    def first_spi(self) -> int:
        """The first SPI bus of host.toml."""
        if BusKind.SPI not in self._hardware.first:
            raise UnsupportedError("host.toml lists no SPI bus; add [buses.spi-0] there")
        return self._hardware.first[BusKind.SPI].number

    def first_uart(self) -> str:
        """The first serial port of host.toml."""
        if BusKind.UART not in self._hardware.first:
            raise UnsupportedError("host.toml lists no serial port; add [buses.uart-serial0] there")
        return self._hardware.first[BusKind.UART].unit

    def _first_i2c(self) -> int:
        if BusKind.I2C not in self._hardware.first:
            raise UnsupportedError("host.toml lists no I2C bus; add [buses.i2c-1] there")
        return self._hardware.first[BusKind.I2C].number

    def i2c_transaction(self, bus: int | None, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        """`I2cBus.transaction` on bus number `bus` (None: the default bus)."""
        number = self._first_i2c() if bus is None else bus

        def transact(device: I2cBus) -> tuple[tuple[bytes, ...], Messages]:
            received = device.transaction(address, operations)
            return received, _interleaved(operations, received)

        return self._perform(
            Place(BusName.i2c(number), address),
            lambda: i2c_request(number, address, operations),
            self._hardware.i2c_bus,
            transact,
            sent=tuple([Message(True, each.data) for each in operations if isinstance(each, I2cWrite)]),
        )

    def spi_transfer(self, bus: int, chip_select: int, data: bytes, settings: SpiSettings) -> bytes:
        """`SpiDevice.transfer` behind a chip select."""

        def transfer(device: SpiDevice) -> tuple[bytes, Messages]:
            received = device.transfer(data, settings)
            return received, (Message(True, data), Message(False, received))

        return self._perform(
            Place(BusName.spi(bus), chip_select),
            lambda: spi_request(bus, chip_select, data, settings),
            self._hardware.spi_device,
            transfer,
            sent=(Message(True, data),),
        )

    def gpio_read(self, line: int, pull: Pull) -> bool:
        """`GpioLine.read`, unless another plugin drives the line."""

        def permission() -> Permission:
            return GpioPermission(line, GpioMode.IN)

        def read(device: GpioLine) -> tuple[bool, Messages]:
            self._access.require(permission())  # somebody may have begun to drive it while this one waited
            level = device.read(pull)
            return level, (Message(False, bytes((level,))),)

        return self._perform(Place(GPIO, line), permission, self._hardware.gpio_line, read)

    def gpio_write(self, line: int, level: bool) -> None:
        """`GpioLine.write`."""
        sent = (Message(True, bytes((level,))),)
        self._perform(
            Place(GPIO, line),
            lambda: GpioPermission(line, GpioMode.OUT),
            self._hardware.gpio_line,
            lambda device: (device.write(level), sent),
            sent=sent,
        )

    def gpio_capture(self, line: int, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        """`GpioLine.capture`."""
        return self._perform(
            Place(GPIO, line),
            lambda: capture_request(line, drive, timeout_ns, max_edges),
            self._hardware.gpio_line,
            lambda device: (device.capture(drive, timeout_ns, max_edges), ()),
        )

    def uart_read(self, port: str, max_length: int, timeout_ms: int) -> bytes:
        """`Uart.read`; looks at the call's limit while it waits."""

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

        return self._perform(
            Place(BusName.uart(port)),
            lambda: uart_read_request(port, max_length, timeout_ms),
            self._hardware.uart,
            read,
        )

    def uart_write(self, port: str, data: bytes) -> None:
        """`Uart.write`."""
        sent = (Message(True, data),)
        self._perform(
            Place(BusName.uart(port)),
            lambda: uart_write_request(port, data),
            self._hardware.uart,
            lambda device: (device.write(data), sent),
            sent=sent,
        )

    def uart_set_baud(self, port: str, baud: int) -> None:
        """`Uart.set_baud`."""
        self._perform(
            Place(BusName.uart(port)),
            lambda: uart_baud_request(port, baud),
            self._hardware.uart,
            lambda device: (device.set_baud(baud), ()),
        )

    def iio_devices(self) -> tuple[str, ...]:
        """`Iio.devices`, as far as the plugin may read them. Nothing is measured."""
        place = Place(IIO)
        with self._hardware.held(place, self._limit):
            found = self._hardware.iio(place).devices()
        return tuple(
            each for each in found if re.fullmatch(IIO_NAME, each) and self._access.grants(IioPermission(each))
        )

    def iio_channels(self, device: str) -> tuple[str, ...]:
        """`Iio.channels`."""
        return self._perform(
            Place(IIO),
            lambda: IioPermission(device),
            self._hardware.iio,
            lambda sensors: (sensors.channels(device), ()),
        )

    def iio_read(self, device: str, channel: str) -> float:
        """`Iio.read`; the event shows both names and the value as text."""

        def read(sensors: Iio) -> tuple[float, Messages]:
            value = sensors.read(device, channel)
            return value, (Message(True, f"{device} {channel}".encode()), Message(False, repr(value).encode()))

        return self._perform(Place(IIO), lambda: iio_request(device, channel), self._hardware.iio, read)

    def system_status(self) -> SystemStatus:
        """`System.status`."""

        def read(device: System) -> tuple[SystemStatus, Messages]:
            return device.status(), ()

        return self._perform(Place(SYSTEM), SystemPermission, self._hardware.system, read)

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


def _valid(permission: Callable[[], Permission]) -> Permission:
    try:
        return permission()
    except ValueError as problem:
        raise UnsupportedError(f"no such access: {problem}") from None


def _interleaved(operations: Sequence[I2cOperation], received: Sequence[bytes]) -> Messages:
    reads = iter(received)
    return tuple(
        [Message(True, each.data) if isinstance(each, I2cWrite) else Message(False, next(reads)) for each in operations]
    )
