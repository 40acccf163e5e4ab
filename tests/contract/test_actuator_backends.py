"""Actuators on every backend: the same colours reach the LEDs, the same levels the lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from hostcore.access.decisions import Access
from hostcore.actuators.led_strip import LedStrip
from hostcore.actuators.relays import Train
from hostcore.backends.base import Factory, Pull
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.backends.simulated.spi import SimulatedSpiDevice
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, Clock, RealClock, VirtualClock
from hostcore.config.actuators import MOST_LEDS
from hostcore.devices.environment import Environment
from hostcore.devices.ws2812 import Ws2812
from hostcore.errors import BusFaultError
from hostcore.place import BusName, Place
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from tests.actuator_bench import ALLOWED, actuators_of
from tests.emulation.faults import Fault
from tests.emulation.gpio import GpioChip
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.worker import Worker
from tests.sandbox import BUSES, CHIPS, SETTINGS

pytest_plugins = ["tests.emulation.machine"]

DARK, RED, BLUE = (0, 0, 0), (255, 0, 0), (0, 0, 255)


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine under test."""

    factory: Factory
    clock: Clock
    strip: Ws2812
    """The LEDs on SPI device 0.1."""


@pytest.fixture
def simulated_machine() -> Iterator[Machine]:
    clock = VirtualClock()
    factory = SimulatedFactory(clock, Environment(clock), CHIPS, (1, 3))
    device = factory.spi_device(0, 1)
    assert isinstance(device, SimulatedSpiDevice)
    assert isinstance(device.target, Ws2812)
    yield Machine(factory, clock, device.target)
    factory.close()


@pytest.fixture
def slot() -> SpiSlot:
    clock = RealClock()
    return SpiSlot(Ws2812(clock, Environment(clock)))


@pytest.fixture
def linux_machine(kernel: EmulatedKernel, linux: Worker, slot: SpiSlot) -> Machine:
    kernel.plug("spidev0.1", slot)
    kernel.plug("gpiochip0", GpioChip())
    return Machine(cast("Factory", linux), RealClock(), cast("Ws2812", slot._target))


@pytest.fixture(params=["simulated_machine", "linux_machine"])
def machine(request: pytest.FixtureRequest) -> Machine:
    made: Machine = request.getfixturevalue(request.param)
    return made


class Desk:
    """Actuators of a machine, and a caller."""

    def __init__(self, machine: Machine) -> None:
        self.buses = Buses(dict.fromkeys(BUSES, machine.factory), machine.clock)
        self.actuators = actuators_of(SETTINGS, self.buses, lambda _event: None)
        limit = TimeLimit(machine.clock, 60.0)
        limit.begin()
        self.account = Gate(self.buses, "probe", Kit(Access("probe", [ALLOWED()]), None, limit, lambda _event: None))

    @property
    def leds(self) -> LedStrip:
        assert self.actuators.leds is not None
        return self.actuators.leds

    def level(self, line: int) -> bool:
        return self.buses.gpio_line(Place(BusName("gpio"), line)).read(Pull.NONE)


@pytest.fixture
def desk(machine: Machine) -> Iterator[Desk]:
    made = Desk(machine)
    yield made
    made.actuators.stop()


def test_leds_show_their_colours_and_are_dark_in_the_end(machine: Machine, desk: Desk) -> None:
    desk.leds.fill(desk.account, BLUE)
    desk.leds.set_color(desk.account, 2, RED)
    desk.leds.show_changed()
    assert machine.strip.colors == (BLUE, BLUE, RED, BLUE)
    desk.actuators.stop()
    assert machine.strip.colors == (DARK,) * 4


@pytest.mark.parametrize(("relay", "line", "active_low"), [("fan", 27, True), ("buzzer", 22, False)])
@pytest.mark.parametrize("on", [True, False])
def test_a_relay_is_switched_by_the_level_of_its_line(
    desk: Desk, relay: str, line: int, active_low: bool, on: bool
) -> None:
    desk.actuators.relays.write(desk.account, ALLOWED, relay, on)
    assert desk.level(line) is (on is not active_low)


def test_relays_are_off_in_the_end(desk: Desk) -> None:
    desk.actuators.relays.write(desk.account, ALLOWED, "fan", True)
    desk.actuators.relays.pulse(desk.account, ALLOWED, "buzzer", Train(1, 60 * NS_PER_S, 0))
    desk.actuators.stop()
    assert (desk.level(27), desk.level(22)) == (True, False)


def test_a_line_with_modulation_ends_low(desk: Desk) -> None:
    for duty, frequency_hz in ((0.5, 100.0), (1.0, 1000.0)):
        desk.actuators.pwm.write(desk.account, ALLOWED, 18, duty, frequency_hz)
    desk.actuators.stop()
    assert desk.level(18) is False


def test_the_longest_strip_fits_into_what_the_kernel_takes_at_once(linux: Worker, linux_machine: Machine) -> None:
    from hostcore.actuators.ws2812 import SETTINGS as SPI
    from hostcore.actuators.ws2812 import frame

    linux.spi_device(0, 1).transfer(frame([7] * 3 * MOST_LEDS), SPI)
    assert linux_machine.strip.colors == ((7, 7, 7),) * MOST_LEDS


def test_a_fault_of_the_bus_is_the_callers_and_the_next_show_works(slot: SpiSlot, linux_machine: Machine) -> None:
    desk = Desk(linux_machine)
    slot.faults = iter([Fault(5)])
    desk.leds.fill(desk.account, RED)
    with pytest.raises(BusFaultError, match=r"SPI device 0\.1"):
        desk.leds.show(desk.account)
    desk.leds.show(desk.account)
    assert linux_machine.strip.colors == (RED,) * 4
