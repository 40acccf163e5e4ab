"""The simulated Pi: the chips of `hostcore.devices` on buses, lines and ports, and a computer around them.

A transfer takes no time. The time that a chip needs between transfers passes on the clock, and so do pulses. Sizes and
ranges are not checked here, because the caller has checked them.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from hostcore.backends.base import (
    BackendKind,
    Factory,
    GpioLine,
    I2cBus,
    I2cOperation,
    I2cRead,
    Iio,
    PwmOutput,
    System,
    SystemStatus,
    Uart,
    require_gpio_line,
)
from hostcore.backends.i2c import IDLE, I2cSettings, Levels, Recovery
from hostcore.backends.simulated.iio import SimulatedIio
from hostcore.backends.simulated.sockets import Socket, Sockets
from hostcore.backends.spi import SpiDevice
from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.base import I2cTarget, LineTarget, SpiTarget, UartTarget
from hostcore.devices.catalog import SimulatedChip, build, kind_of
from hostcore.devices.environment import Environment, Quantity
from hostcore.errors import NoAcknowledgeError, UnsupportedError
from hostcore.place import BusName, Place

if TYPE_CHECKING:
    from hostcore.backends.simulated.line import SimulatedLine
    from hostcore.backends.simulated.pwm import SimulatedPwmOutput
    from hostcore.backends.simulated.spi import SimulatedSpiBus


BOOTED_BEFORE_NS = 3600 * NS_PER_S
"""The simulated Pi and all its chips were switched on this long before the host started, in nanoseconds."""
PI_CHIP_SELECTS = (0, 1)
"""The chip selects of a Pi's first SPI bus (Raspberry Pi documentation, "SPI hardware"). They exist without chips, too,
if a chip of the bus is selected by a GPIO line."""
ADAPTER = "simulated"
"""The name of the adapter of a simulated I2C bus."""
MEMORY_TOTAL = 1 << 30
"""Memory of the simulated Pi, in bytes."""


class SimulatedI2cBus(I2cBus):
    """An I2C bus with simulated chips.

    Args:
        number: N of /dev/i2c-N.
        targets: the chips by their 7-bit address. They may change while the bus is in use.
        power_cycle: takes the power of the chip at an address away and gives it back.
    """

    def __init__(
        self,
        number: int,
        targets: Mapping[int, I2cTarget],
        power_cycle: Callable[[int], None] = lambda _address: None,
    ) -> None:
        self._name = BusName.i2c(number)
        self._targets, self._power_cycle = targets, power_cycle

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        try:
            target = self._targets[address]
        except KeyError:
            raise NoAcknowledgeError(f"no device acknowledged; {self._present()}", self._place(address)) from None
        received = []
        try:
            for operation in operations:
                if not target.start(isinstance(operation, I2cRead)):
                    raise NoAcknowledgeError(
                        f"{_name(target)} did not acknowledge its address; "
                        "it is busy or still starting, try again later",
                        self._place(address),
                    )
                if isinstance(operation, I2cRead):
                    received.append(target.read(operation.length))
                elif operation.data:
                    self._write(address, target, operation.data)
                elif target.refuses_quick_write:
                    raise NoAcknowledgeError(f"{_name(target)} refused a write without data", self._place(address))
        finally:
            target.stop()
        return tuple(received)

    def settings(self) -> I2cSettings:
        return I2cSettings(adapter=ADAPTER)

    def levels(self) -> Levels:
        return IDLE

    def unstick(self) -> Recovery:
        return Recovery(IDLE, IDLE, clocks=0)

    def power_cycle(self, address: int) -> None:
        self._power_cycle(address)

    def _write(self, address: int, target: I2cTarget, data: bytes) -> None:
        accepted = target.write(data)
        if accepted < len(data):
            raise NoAcknowledgeError(
                f"{_name(target)} refused byte {accepted + 1} of {len(data)} (0x{data[accepted]:02X})",
                self._place(address),
            )

    def _place(self, address: int) -> Place:
        return Place(self._name, address)

    def _present(self) -> str:
        chips = ", ".join(f"0x{address:02x} {_name(target)}" for address, target in sorted(self._targets.items()))
        return f"on this simulated bus are {chips}" if chips else "no chip is on this simulated bus"


class SimulatedUart(Uart):
    """A serial port with a simulated part. It works at every speed.

    Args:
        clock: the clock on which a `read` waits.
        wake: ends a `read` that waits; set when the machine is closed.
        target: the part that is connected to the port.
    """

    def __init__(self, clock: Clock, wake: threading.Event, target: UartTarget) -> None:
        self._clock = clock
        self._wake = wake
        self._target = target

    def read(self, max_length: int, timeout_ns: int) -> bytes:
        data = self._target.send(max_length)
        if data or not timeout_ns:
            return data
        self._clock.wait_until(self._clock.monotonic_ns() + timeout_ns, self._wake)
        return self._target.send(max_length)

    def write(self, data: bytes) -> None:
        self._target.receive(data)

    def set_baud(self, baud: int) -> None:
        pass


class SimulatedSystem(System):
    """A computer that is not very busy. Its load and memory change slowly, in the same way in every run."""

    def __init__(self, clock: Clock, environment: Environment, booted_ns: int, seed: int = 0) -> None:
        self._clock = clock
        self._environment = environment
        self._booted_ns = booted_ns
        self._seed = seed

    def status(self) -> SystemStatus:
        uptime = (self._clock.monotonic_ns() - self._booted_ns) / NS_PER_S
        return SystemStatus(
            cpu_temperature=self._environment.value(Quantity.CPU_TEMPERATURE),
            load=round(0.30 + 0.15 * self._wave(uptime, 97.0) + 0.10 * self._wave(uptime, 23.0), 2),
            memory_used=round(MEMORY_TOTAL * (0.28 + 0.03 * self._wave(uptime, 311.0))),
            memory_total=MEMORY_TOTAL,
            uptime=uptime,
            idle=max(0.0, 0.92 * uptime + 0.15 * self._wave(uptime, 23.0)),
        )

    def _wave(self, uptime: float, period: float) -> float:
        return math.sin(2 * math.pi * uptime / period + self._seed)


class SimulatedFactory(Factory):
    """Opens the hardware of the simulated Pi. A chip is made when it is first used.

    Args:
        clock: the clock of the chips, on which all waiting takes place.
        environment: the environment of the chips.
        chips: valid descriptions of the chips.
        buses: the numbers of the I2C buses.
        seed: seed of the jitter, the load and the memory use.

    Raises:
        ValueError: a description is not valid.
    """

    kind = BackendKind.SIMULATED

    def __init__(
        self,
        clock: Clock,
        environment: Environment,
        chips: Sequence[SimulatedChip],
        buses: Sequence[int],
        *,
        seed: int = 0,
    ) -> None:
        self._clock = clock
        self._wake = threading.Event()
        self._i2c: dict[int, dict[int, Socket]] = {bus: {} for bus in buses}
        wired = {bus: Sockets(sockets) for bus, sockets in self._i2c.items()}
        self._buses = {bus: SimulatedI2cBus(bus, chips, chips.power_cycle) for bus, chips in wired.items()}
        self._spi: dict[tuple[int, int], Callable[[], SpiDevice]] = {}
        self._spi_buses: dict[int, SimulatedSpiBus] = {}
        self._parts: dict[int, Callable[[], LineTarget]] = {}
        self._uarts: dict[str, Callable[[], Uart]] = {}
        self._lines: dict[int, SimulatedLine] = {}
        self._pwm: dict[int, SimulatedPwmOutput] = {}
        booted_ns = clock.monotonic_ns() - BOOTED_BEFORE_NS
        self._system = SimulatedSystem(clock, environment, booted_ns, seed)
        self._iio = SimulatedIio(environment)
        for position, chip in enumerate(chips):
            self._wire(chip, partial(_made, chip, clock, environment, seed + position), booted_ns)

    def _wire(self, chip: SimulatedChip, make_at: Callable[[int | None], Any], booted_ns: int) -> None:
        """Connect a chip. It is made, and its module imported, when it is first used."""
        kind, make = kind_of(chip.chip), cache(partial(make_at, booted_ns))
        match kind and kind.kind:
            case "i2c" if chip.bus in self._i2c and chip.address is not None:
                self._i2c[chip.bus][chip.address] = Socket(make_at, booted_ns)
            case "spi" if chip.bus is not None:
                self._wire_spi(chip.bus, chip, make)
            case "line" if chip.line is not None:
                self._parts[chip.line] = make
            case "uart" if chip.port is not None:
                self._uarts[chip.port] = cache(lambda: SimulatedUart(self._clock, self._wake, make()))
            case _:
                raise ValueError(f"{chip} does not exist or is wired to nothing; I2C buses: {sorted(self._i2c)}")

    def _wire_spi(self, number: int, chip: SimulatedChip, make: Callable[[], SpiTarget]) -> None:
        from hostcore.backends.simulated import spi  # noqa: PLC0415 - few hosts have such chips

        bus = self._spi_buses.setdefault(number, spi.SimulatedSpiBus(self._clock, self._wake))
        if chip.line is not None:
            self._parts[chip.line] = cache(lambda: spi.ChipSelectLine(bus, make()))
            for chip_select in PI_CHIP_SELECTS:
                self._spi.setdefault((number, chip_select), cache(lambda: spi.SimulatedSpiDevice(bus, None)))
        elif chip.chip_select is not None:
            self._spi[number, chip.chip_select] = cache(lambda: spi.SimulatedSpiDevice(bus, make()))

    def i2c_bus(self, bus: int) -> I2cBus:
        if bus not in self._buses:
            raise _missing(f"I2C bus {bus}", [str(number) for number in self._buses], f"add [buses.i2c-{bus}]")
        return self._buses[bus]

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        if (bus, chip_select) not in self._spi:
            present = [f"{bus}.{chip_select}" for bus, chip_select in self._spi]
            raise _missing(f"SPI device {bus}.{chip_select}", present, "add a chip to [simulation]")
        return self._spi[bus, chip_select]()

    def gpio_line(self, line: int) -> GpioLine:
        require_gpio_line(line)
        if line not in self._lines:
            from hostcore.backends.simulated.line import SimulatedLine  # noqa: PLC0415 - few drivers use lines

            part = self._parts[line]() if line in self._parts else None
            self._lines[line] = SimulatedLine(self._clock, self._wake, part)
        return self._lines[line]

    def pwm(self, line: int) -> PwmOutput:
        from hostcore.backends.simulated.pwm import SimulatedPwmOutput  # noqa: PLC0415 - few drivers modulate lines

        self.gpio_line(line)
        return self._pwm.setdefault(line, SimulatedPwmOutput())

    def uart(self, port: str) -> Uart:
        if port not in self._uarts:
            raise _missing(f"serial port {port!r}", list(self._uarts), "add what is wired to it to [simulation]")
        return self._uarts[port]()

    def iio(self) -> Iio:
        return self._iio

    def system(self) -> System:
        return self._system

    def close(self) -> None:
        self._wake.set()


def _made(chip: SimulatedChip, clock: Clock, environment: Environment, seed: int, powered_ns: int | None) -> Any:
    return build(chip, clock, environment, seed=seed, powered_ns=powered_ns)


def _name(target: I2cTarget) -> str:
    return target.title or type(target).__name__


def _missing(wanted: str, present: Sequence[str], remedy: str) -> UnsupportedError:
    exist = f"there is {', '.join(sorted(present))}" if present else "there is none"
    return UnsupportedError(f"the simulated Pi has no {wanted}; {exist}. To have it, {remedy} in host.toml")
