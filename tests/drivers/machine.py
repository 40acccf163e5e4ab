"""A Pi with a register file in the place of every chip."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from hostcore.backends.base import I2cBus, Uart
from hostcore.backends.simulated.factory import SimulatedFactory, SimulatedI2cBus, SimulatedUart
from hostcore.backends.spi import SpiDelay, SpiDevice, SpiOperation, SpiSettings, is_answered, sent_by
from hostcore.clock import Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import Environment
from tests.drivers.packages import Package
from tests.drivers.register_file import RegisterFile, Repeater, SpiRegisterFile


class RegisterFilePi(SimulatedFactory):
    """Register files at all addresses of all I2C buses, at all chip selects, and a device at each serial port.

    Args:
        package: says what they hold.
        clock: the clock of the Pi.
    """

    def __init__(self, package: Package, clock: Clock) -> None:
        super().__init__(clock, Environment(clock), (), ())
        closed = threading.Event()
        self._made_i2c = cache(lambda number: SimulatedI2cBus(number, _Everywhere(package)))
        self._made_spi = cache(lambda _bus, _chip_select: _AlwaysSelected(SpiRegisterFile(package.contents)))
        self._made_uart = cache(lambda _port: SimulatedUart(clock, closed, Repeater(package.contents.sends)))

    def i2c_bus(self, bus: int) -> I2cBus:
        return self._made_i2c(bus)

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        return self._made_spi(bus, chip_select)

    def uart(self, port: str) -> Uart:
        return self._made_uart(port)


class _AlwaysSelected(SpiDevice):
    """A register file that takes part in every transaction, no matter which line selects it."""

    def __init__(self, target: SpiRegisterFile) -> None:
        self._target = target

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        transfers = [each for each in operations if not isinstance(each, SpiDelay)]
        received = [self._target.transfer(sent_by(each), settings.speed_hz) for each in transfers]
        self._target.deselect()
        return tuple(answer for each, answer in zip(transfers, received, strict=True) if is_answered(each))


class _Everywhere(Mapping[int, I2cTarget]):
    """A register file at each address, made when it is first used."""

    def __init__(self, package: Package) -> None:
        self._made = cache(lambda address: RegisterFile(package.devices.get(address, package.contents), address))

    def __getitem__(self, address: int) -> I2cTarget:
        return self._made(address)

    def __iter__(self) -> Iterator[int]:
        return iter(range(0x08, 0x78))

    def __len__(self) -> int:
        return 0x78 - 0x08
