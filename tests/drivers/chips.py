"""Compares what a library makes of the simulated chips with what this project's own driver makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hostcore.backends.base import I2cBus
from hostcore.backends.simulated.factory import SimulatedFactory, SimulatedI2cBus
from hostcore.backends.simulated.spi import SimulatedSpiDevice
from hostcore.clock import Clock, VirtualClock
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Environment
from hostcore.devices.ssd1306 import Ssd1306
from hostcore.devices.ws2812 import Ws2812
from hostcore.events import Reading
from tests.drivers.running import UPTIME_NS, running
from tests.plain_python import PLUGINS
from tests.ssd1306_display import lit_pixels

CHIPS = (
    SimulatedChip("bme680", bus=1, address=0x77),
    SimulatedChip("bh1750", bus=1, address=0x23),
    SimulatedChip("aht20", bus=1, address=0x38),
    SimulatedChip("dht22", line=4),
    SimulatedChip("ws2812", bus=0, chip_select=1),
)
TOLERANCES: Mapping[str, float] = {
    "temperature": 0.02,
    "humidity": 0.2,
    "pressure": 0.15,
    "illuminance": 1.0,
    "gas_resistance": 2500.0,
}
"""How far a library may be off, in the unit of the reading.

Pimoroni's bme680 has Bosch's integer formulas, which differ by up to 0.12 hPa, 0.08 % and 1.5 % of the resistance
(tests/contract/test_bme680_against_library.py). Adafruit's does not round the coefficient par_h1, which makes up to
0.2 %. A BH1750 counts in steps of 1 lx or of 0.5 lx.
"""
DRAWN = {(0, 0), (127, 63), (5, 40)}
"""The pixels that a driver of the display lights."""
COLORS = ((1, 2, 3),) * 4
"""The colours that a driver of the LEDs sets."""


def difference(kind: str, path: Path, same: Mapping[str, str], cache_folder: Path) -> str:
    """Return how a driver's use of the simulated chip differs from what is right; "" if it does not.

    Args:
        kind: the plugin of this project for the chip, or the name of a chip that only shows something.
        path: the driver.
        same: the items of its reading that the plugin's reading has, too.
        cache_folder: folder of compiled components.

    Raises:
        PluginError: one of them reports an error or crashes.
    """
    if kind in SHOWN:
        return SHOWN[kind](path, cache_folder)
    theirs, ours = (_first_reading(each, cache_folder) for each in (path, PLUGINS / f"{kind}.py"))
    off = [name for name in same if not is_close(name, theirs[name], ours[name])]
    return ", ".join(f"{name} is {theirs[name]}, not {ours[name]}" for name in off)


def is_close(name: str, theirs: object, ours: object) -> bool:
    """Whether two values of the item `name` are equal, as far as they can be."""
    return isinstance(theirs, float) and isinstance(ours, float | int) and abs(theirs - ours) <= TOLERANCES[name]


def simulated_pi(clock: Clock) -> SimulatedFactory:
    """A Pi with one chip of each kind, in a room where nothing changes."""
    return SimulatedFactory(clock, Environment(VirtualClock(), seed=7), CHIPS, (1, 3), seed=7)


class DisplayPi(SimulatedFactory):
    """A Pi with a display of 128 by 64 pixels alone.

    Attributes:
        display: the display.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, Environment(clock), (), (1,))
        self.display = Ssd1306(clock, Environment(clock))

    def i2c_bus(self, bus: int) -> I2cBus:
        return SimulatedI2cBus(bus, {0x3C: self.display})


def _first_reading(path: Path, cache_folder: Path) -> Reading:
    clock = VirtualClock(UPTIME_NS)
    with running(path, simulated_pi(clock), clock, cache_folder) as plugin:
        return plugin.read()


def _wrong_pixels(path: Path, cache_folder: Path) -> str:
    clock = VirtualClock(UPTIME_NS)
    machine = DisplayPi(clock)
    with running(path, machine, clock, cache_folder) as plugin:
        plugin.read()
        lit = lit_pixels(machine.display.decoder.picture())
    return "" if lit == DRAWN else f"{len(lit)} pixels are lit, {len(lit & DRAWN)} of them rightly"


def _wrong_colors(path: Path, cache_folder: Path) -> str:
    clock = VirtualClock(UPTIME_NS)
    machine = simulated_pi(clock)
    device = machine.spi_device(0, 1)
    assert isinstance(device, SimulatedSpiDevice)
    assert isinstance(device.target, Ws2812)
    with running(path, machine, clock, cache_folder) as plugin:
        plugin.read()
        colors = device.target.colors  # the host switches the LEDs off at the end
    return "" if colors == COLORS else f"the colours are {colors}"


SHOWN: Mapping[str, Callable[[Path, Path], str]] = {"ssd1306": _wrong_pixels, "ws2812": _wrong_colors}
"""How to check chips that only show something."""
