"""The buses for one plugin. Each method is one effect that passes the gate."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hostcore.backends.base import (
    IIO_NAME,
    Edge,
    GpioLine,
    I2cOperation,
    Iio,
    Pull,
    System,
    SystemStatus,
    Uart,
)
from hostcore.backends.spi import SpiOperation, SpiSettings, SpiTransfer
from hostcore.buses.effects import Asked, Done
from hostcore.errors import UnsupportedError
from hostcore.events import Message
from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    Permission,
    SystemPermission,
)
from hostcore.place import GPIO, IIO, SYSTEM, BusKind, BusName, Place
from hostcore.plugin.bounds import (
    capture_request,
    iio_request,
    uart_baud_request,
    uart_read_request,
    uart_write_request,
)
from hostcore.plugin.gate import Gate
from hostcore.plugin.i2c import i2c_transaction, i2c_transfer
from hostcore.plugin.spi import spi_transaction
from hostcore.pulse import Pulse
from hostcore.quick_dataclass import dataclass

_COMPUTER, _TO_ASK_IT = Place(SYSTEM), SystemPermission()
WAIT_SLICE_NS = 50_000_000
"""Nanoseconds between two checks of the call's limit while a serial port is silent."""


@dataclass(frozen=True, slots=True)
class Granted:
    """Buses of host.toml, whoever may use them, and the I2C addresses that a plugin may use."""

    i2c: int | None
    """The first bus, None if there is none; so are the next two."""
    spi: int | None
    uart: str | None
    i2c_buses: tuple[int, ...]
    """The numbers of all I2C buses, sorted."""
    addresses: Mapping[int, tuple[int, ...]]
    """7-bit addresses, sorted, by the number of the bus."""


class PluginBuses:
    """The buses for one plugin. Every method blocks until the access is complete, and raises `BusError` if it fails.

    Args:
        gate: the plugin's gate.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate, self._buses = gate, gate.buses

    def first_i2c(self) -> int:
        """Return the number of the first I2C bus of host.toml."""
        return self._first(BusKind.I2C, "I2C bus", "i2c-1").number

    def first_spi(self) -> int:
        """Return the number of the first SPI bus of host.toml."""
        return self._first(BusKind.SPI, "SPI bus", "spi-0").number

    def first_uart(self) -> str:
        """Return the name of the first serial port of host.toml."""
        return self._first(BusKind.UART, "serial port", "uart-serial0").unit

    def granted(self) -> Granted:
        """Return the buses, and the addresses of the plugin's permissions. Asks no bus, and needs no permission."""
        first = self._buses.first
        i2c, spi, uart = (first.get(kind) for kind in (BusKind.I2C, BusKind.SPI, BusKind.UART))
        return Granted(
            i2c.number if i2c else None,
            spi.number if spi else None,
            uart.unit if uart else None,
            self._buses.i2c_numbers,
            granted_addresses(self._gate.kit.access.permissions),
        )

    def i2c_transaction(self, bus: int | None, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        """Do `I2cBus.transaction` on bus number `bus` (None: the first I2C bus)."""
        return i2c_transaction(self._gate, self.first_i2c() if bus is None else bus, address, operations)

    def i2c_transfer(self, bus: int | None, address: int, data: bytes, length: int) -> bytes:
        """Do `i2c_transaction` with a write of `data`, a read of `length` bytes, or both, and return what was read.

        Without either, it is a quick write.
        """
        return i2c_transfer(self._gate, self.first_i2c() if bus is None else bus, address, data, length)

    def spi_transfer(self, bus: int, chip_select: int, data: bytes, settings: SpiSettings) -> bytes:
        """Do `SpiDevice.transfer` with one chip select."""
        return self.spi_transaction(bus, chip_select, (SpiTransfer(data),), settings)[0]

    def spi_transaction(
        self, bus: int, chip_select: int, operations: Sequence[SpiOperation], settings: SpiSettings
    ) -> tuple[bytes, ...]:
        """Do `SpiDevice.transaction` with one chip select, or with `settings.line`, which needs its own permission."""
        return spi_transaction(self._gate, bus, chip_select, operations, settings)

    def gpio_read(self, line: int, pull: Pull) -> bool:
        """Do `GpioLine.read`, unless another plugin drives the line."""

        def wanted() -> Permission:
            return GpioPermission(line, GpioMode.IN)

        def read(device: GpioLine) -> Done[bool]:
            self._gate.kit.access.require(wanted())  # another plugin may drive the line since this one began to wait
            level = device.read(pull)
            return Done(level, (Message(False, bytes((level,))),))

        return self._gate.perform(Place(GPIO, line), wanted, self._buses.gpio_line, read)

    def gpio_write(self, line: int, level: bool) -> None:
        """Do `GpioLine.write`."""
        sent = (Message(True, bytes((level,))),)
        self._gate.perform(
            Place(GPIO, line),
            lambda: GpioPermission(line, GpioMode.OUT),
            self._buses.gpio_line,
            lambda device: Done(device.write(level), sent),
            Asked(sent),
        )

    def gpio_capture(self, line: int, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        """Do `GpioLine.capture`."""
        self._gate.kit.limit.pause()

        def capture(device: GpioLine) -> Done[tuple[Edge, ...]]:
            edges = device.capture(drive, timeout_ns, max_edges)
            return Done(edges, edges=edges)

        return self._gate.perform(
            Place(GPIO, line),
            lambda: capture_request(line, drive, timeout_ns, max_edges),
            self._buses.gpio_line,
            capture,
        )

    def uart_read(self, port: str, max_length: int, timeout_ms: int) -> bytes:
        """Do `Uart.read` in short steps, and check the call's limit between them."""
        if timeout_ms:
            self._gate.kit.limit.pause()

        def read(device: Uart) -> Done[bytes]:
            clock = self._buses.clock
            until = clock.monotonic_ns() + timeout_ms * 1_000_000
            while True:
                left = max(0, until - clock.monotonic_ns())
                asked = clock.monotonic_ns()
                received = device.read(max_length, min(left, WAIT_SLICE_NS))
                if not received:
                    self._gate.forgive(clock.monotonic_ns() - asked)
                if received or not left:
                    return Done(received, (Message(False, received),))
                self._gate.kit.limit.alive()
                self._gate.kit.limit.check()

        return self._gate.perform(
            Place(BusName.uart(port)),
            lambda: uart_read_request(port, max_length, timeout_ms),
            self._buses.uart,
            read,
            Asked(reads=(max_length,)),
        )

    def uart_write(self, port: str, data: bytes) -> None:
        """Do `Uart.write`."""
        sent = (Message(True, data),)
        self._gate.perform(
            Place(BusName.uart(port)),
            lambda: uart_write_request(port, data),
            self._buses.uart,
            lambda device: Done(device.write(data), sent),
            Asked(sent),
        )

    def uart_set_baud(self, port: str, baud: int) -> None:
        """Do `Uart.set_baud`."""
        self._gate.perform(
            Place(BusName.uart(port)),
            lambda: uart_baud_request(port, baud),
            self._buses.uart,
            lambda device: Done(device.set_baud(baud)),
        )

    def iio_devices(self) -> tuple[str, ...]:
        """Return those of `Iio.devices` that the plugin may read. This needs no permission and measures nothing."""
        found = self._gate.perform(Place(IIO), None, self._buses.iio, lambda sensors: Done(sensors.devices()))
        access = self._gate.kit.access
        return tuple(each for each in found if re.fullmatch(IIO_NAME, each) and access.grants(IioPermission(each)))

    def iio_channels(self, device: str) -> tuple[str, ...]:
        """Return `Iio.channels`."""
        return self._gate.perform(
            Place(IIO),
            lambda: IioPermission(device),
            self._buses.iio,
            lambda sensors: Done(sensors.channels(device)),
        )

    def iio_read(self, device: str, channel: str) -> float:
        """Do `Iio.read`. The event shows the names of device and channel, and the value, as text."""

        def read(sensors: Iio) -> Done[float]:
            value = sensors.read(device, channel)
            names, measured = f"{device} {channel}".encode(), repr(value).encode()
            return Done(value, (Message(True, names), Message(False, measured)))

        return self._gate.perform(Place(IIO), lambda: iio_request(device, channel), self._buses.iio, read)

    def system_status(self) -> SystemStatus:
        """Return `System.status`."""

        def read(computer: System) -> Done[SystemStatus]:
            return Done(computer.status())

        return self._gate.perform(_COMPUTER, _TO_ASK_IT, self._buses.system, read)

    def _first(self, kind: BusKind, words: str, example: str) -> BusName:
        name = self._buses.first.get(kind)
        if name is None:
            raise UnsupportedError(f"host.toml lists no {words}; add [buses.{example}] there")
        return name


def granted_addresses(permissions: Iterable[Permission]) -> dict[int, tuple[int, ...]]:
    """The 7-bit addresses that permissions grant, by the number of the bus."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for each in permissions:
        if isinstance(each, I2cPermission):
            found[each.bus].update(range(each.first, each.last + 1))
    return {bus: tuple(sorted(addresses)) for bus, addresses in found.items()}
