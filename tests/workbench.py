"""A bench for driver tests: chips to plug and unplug, and faults for their wires."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from hostcore.backends.base import (
    Edge,
    Factory,
    GpioLine,
    I2cBus,
    Iio,
    Pull,
    PwmOutput,
    System,
    SystemStatus,
    Uart,
)
from hostcore.backends.simulated.factory import SimulatedI2cBus
from hostcore.backends.simulated.iio import SimulatedIio
from hostcore.backends.simulated.line import SimulatedLine
from hostcore.backends.spi import SpiDevice
from hostcore.clock import VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget
from hostcore.devices.environment import DEFAULT_SIGNALS, Environment, Quantity, Signal
from hostcore.errors import PluginReportedError, UnsupportedError
from hostcore.kept_state.state import KeptState
from hostcore.pulse import Pulse
from tests.plain_python import PLUGINS, PlainPlugin

CONSTANT: Mapping[Quantity, float | Signal] = {quantity: signal.base for quantity, signal in DEFAULT_SIGNALS.items()}


class Workbench(Factory):
    """A Pi with one I2C bus and some lines. Chips can be connected at any time.

    Attributes:
        clock: the clock of all parts.
        environment: the quantities that chips sense. Each is constant unless a test sets it.
        i2c: the chips on bus 1 by address. Remove one to unplug it.
        lines: the lines by BCM number.
        status: the system status.
    """

    kind = "simulated"

    def __init__(self, signals: Mapping[Quantity, float | Signal] = {}) -> None:
        self.clock = VirtualClock()
        moving = {
            quantity: signal if isinstance(signal, Signal) else Signal(signal)
            for quantity, signal in {**CONSTANT, **signals}.items()
        }
        self.environment = Environment(self.clock, moving)
        self.i2c: dict[int, I2cTarget] = {}
        self.lines: dict[int, GpioLine] = {}
        self.status = SystemStatus(
            cpu_temperature=48.25, load=0.375, memory_used=300_000_000, memory_total=1_000_000_000, uptime=3725.5
        )

    def plugin(self, name: str, state: KeptState | None = None, **settings: Any) -> PlainPlugin:
        """The shipped plugin `name` on this bench."""
        return PlainPlugin(PLUGINS / f"{name}.py", self, self.clock, settings, state=state)

    def wire(self, line: int, part: LineTarget | None) -> None:
        """Connect `part` to a line that has none."""
        self.lines[line] = SimulatedLine(self.clock, threading.Event(), part)

    def i2c_bus(self, bus: int) -> I2cBus:
        if bus != 1:
            raise UnsupportedError(f"there is no I2C bus {bus}; there is 1")
        return SimulatedI2cBus(bus, self.i2c)

    def gpio_line(self, line: int) -> GpioLine:
        if line not in self.lines:
            self.wire(line, None)
        return self.lines[line]

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        raise UnsupportedError("there is no SPI device")

    def uart(self, port: str) -> Uart:
        raise UnsupportedError("there is no serial port")

    def pwm(self, line: int) -> PwmOutput:
        raise UnsupportedError("no driver modulates a line")

    def iio(self) -> Iio:
        return SimulatedIio(self.environment)

    def system(self) -> System:
        return _System(self.status)

    def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _System(System):
    now: SystemStatus

    def status(self) -> SystemStatus:
        return self.now


@dataclass
class FaultyTarget(I2cTarget):
    """A chip whose answers are changed on the wires."""

    chip: I2cTarget
    change: Callable[[bytes], bytes]

    def start(self, reading: bool) -> bool:
        return self.chip.start(reading)

    def write(self, data: bytes) -> int:
        return self.chip.write(data)

    def read(self, length: int) -> bytes:
        return self.change(self.chip.read(length))

    def stop(self) -> None:
        self.chip.stop()


@dataclass
class FaultyLine(GpioLine):
    """A line whose edges are changed on the wires. Counts captures."""

    line: GpioLine
    change: Callable[[Sequence[Edge]], Sequence[Edge]] = lambda edges: edges
    captures: list[float] = field(default_factory=list)

    def read(self, pull: Pull) -> bool:
        return self.line.read(pull)

    def write(self, level: bool) -> None:
        self.line.write(level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        edges = tuple(self.change(self.line.capture(drive, timeout_ns, max_edges)))
        self.captures.append(len(edges))
        return edges


def bench_with(chip: type[I2cTarget], address: int, signals: Mapping[Quantity, float | Signal] = {}) -> Workbench:
    """A bench with one I2C chip that has had power for a second."""
    bench = Workbench(signals)
    plug_in(bench, chip, address)
    bench.clock.advance(1.0)
    return bench


def plug_in(bench: Workbench, chip: type[I2cTarget], address: int) -> None:
    """Connect a new chip to the bus. It gets power at this moment."""
    make: Callable[..., I2cTarget] = chip
    bench.i2c[address] = make(bench.clock, bench.environment)


def tamper(bench: Workbench, address: int, change: Callable[[bytes], bytes]) -> None:
    """Change the chip's answers from now on."""
    bench.i2c[address] = FaultyTarget(bench.i2c[address], change)


def cause(error: pytest.ExceptionInfo[PluginReportedError]) -> str:
    """Name of the `host.Error` class that the plugin raised."""
    return type(error.value.__cause__).__name__
