"""The hardware under `tests.watched`: a workbench with several buses, whose transfers take their time on the wires."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from hostcore.backends.base import (
    BackendKind,
    Edge,
    Factory,
    GpioLine,
    I2cBus,
    I2cOperation,
    I2cRead,
    Iio,
    Pull,
    PwmOutput,
    System,
    Uart,
)
from hostcore.backends.simulated.factory import SimulatedI2cBus, SimulatedSystem
from hostcore.backends.simulated.spi import SimulatedSpiBus, SimulatedSpiDevice
from hostcore.backends.spi import SpiDevice, SpiOperation, SpiSettings
from hostcore.clock import VirtualClock
from hostcore.devices.base import I2cTarget, SpiTarget
from hostcore.devices.environment import Environment, Quantity, Signal
from hostcore.errors import LineClaimedError, NoAcknowledgeError, UnsupportedError
from hostcore.place import GPIO, Place
from hostcore.pulse import Pulse
from tests.watched_driver import Driver
from tests.workbench import Workbench

BITS_PER_BYTE = 9
"""Clocks of one byte and its acknowledge (UM10204 section 3.1.5)."""


class Pi(Workbench):
    """A Pi with the buses i2c-1, i2c-3 and spi-0, GPIO lines, and its own state.

    Args:
        clock: the clock of all parts.
        signals: the environment.
        speed_hz: the clock of the I2C buses.
        real: whether its buses pass for real ones.

    Attributes:
        chips: the chips by address, by the number of the bus.
    """

    def __init__(
        self, clock: VirtualClock, signals: Mapping[Quantity, Signal], speed_hz: int, *, real: bool = True
    ) -> None:
        super().__init__()
        self.kind = BackendKind.LINUX if real else BackendKind.SIMULATED
        self.clock, self.environment = clock, Environment(clock, signals)
        self.chips: dict[int, dict[int, I2cTarget]] = {1: self.i2c, 3: {}}
        self._buses = {number: _OnWires(number, chips, clock, speed_hz) for number, chips in self.chips.items()}
        self._spi_bus = SimulatedSpiBus(clock, threading.Event())
        self._spi: dict[int, SpiDevice] = {}
        self._system = SimulatedSystem(clock, self.environment, clock.monotonic_ns())

    def select(self, target: SpiTarget, chip_select: int) -> None:
        """Connect a chip to spi-0."""
        self._spi[chip_select] = SimulatedSpiDevice(self._spi_bus, target)

    def i2c_bus(self, bus: int) -> I2cBus:
        if bus not in self._buses:
            raise UnsupportedError(f"there is no I2C bus {bus}; there are 1 and 3")
        return self._buses[bus]

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        return self._spi.setdefault(chip_select, SimulatedSpiDevice(self._spi_bus, None))

    def system(self) -> System:
        return self._system


class _OnWires(I2cBus):
    """A simulated bus whose transfers take the time of their bits."""

    def __init__(self, number: int, chips: Mapping[int, I2cTarget], clock: VirtualClock, speed_hz: int) -> None:
        self._bus, self._clock, self._speed_hz = SimulatedI2cBus(number, chips), clock, speed_hz

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        sent = sum(1 + (each.length if isinstance(each, I2cRead) else len(each.data)) for each in operations)
        try:
            return self._bus.transaction(address, operations)
        except NoAcknowledgeError:
            sent = 1
            raise
        finally:
            self._clock.advance(sent * BITS_PER_BYTE / self._speed_hz)


class ClaimedLine(GpioLine):
    """A GPIO line that something else holds.

    Args:
        line: its number.
        owner: what holds it.
    """

    def __init__(self, line: int, owner: str) -> None:
        self._line, self._owner = line, owner

    def read(self, pull: Pull) -> bool:
        raise self._claimed()

    def write(self, level: bool) -> None:
        raise self._claimed()

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        raise self._claimed()

    def _claimed(self) -> LineClaimedError:
        return LineClaimedError(f"{self._owner} uses it", Place(GPIO, self._line), self._owner)


class Through(Factory):
    """The hardware of a shipped plugin: every access goes through its driver's gate.

    Args:
        driver: the plugin's.
        pi: the hardware, for what has no gate here.
    """

    def __init__(self, driver: Driver, pi: Factory) -> None:
        self._driver, self._pi, self.kind = driver, pi, pi.kind

    def i2c_bus(self, bus: int) -> I2cBus:
        return _I2c(self._driver, bus)

    def gpio_line(self, line: int) -> GpioLine:
        return _Line(self._driver, line)

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        return _Spi(self._driver, chip_select)

    def system(self) -> System:
        return self._pi.system()

    def uart(self, port: str) -> Uart:
        return self._pi.uart(port)

    def pwm(self, line: int) -> PwmOutput:
        return self._pi.pwm(line)

    def iio(self) -> Iio:
        return self._pi.iio()

    def close(self) -> None:
        pass


class _I2c(I2cBus):
    def __init__(self, driver: Driver, bus: int) -> None:
        self._driver, self._bus = driver, bus

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        return self._driver.on_buses.i2c_transaction(self._bus, address, operations)


class _Line(GpioLine):
    def __init__(self, driver: Driver, line: int) -> None:
        self._driver, self._line = driver, line

    def read(self, pull: Pull) -> bool:
        return self._driver.on_buses.gpio_read(self._line, pull)

    def write(self, level: bool) -> None:
        self._driver.on_buses.gpio_write(self._line, level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        return self._driver.on_buses.gpio_capture(self._line, drive, timeout_ns, max_edges)


class _Spi(SpiDevice):
    def __init__(self, driver: Driver, chip_select: int) -> None:
        self._driver, self._chip_select = driver, chip_select

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        return self._driver.on_buses.spi_transaction(0, self._chip_select, operations, settings)
