"""The chips that `[simulation]` of host.toml may name, and how to make one.

This module imports no chip. A chip's module is imported when the first chip of its kind is made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal

from hostcore.devices.base import I2cTarget, LineTarget, SpiTarget, UartTarget
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.chips.model import Chip
    from hostcore.clock import Clock
    from hostcore.devices.environment import Environment

Wiring = Literal["i2c", "line", "spi", "uart"]
"""The connection of a chip. It determines which fields of a `SimulatedChip` are required."""

OptionValue = int | float | str | bool
"""The value of an option in host.toml."""

Target = I2cTarget | LineTarget | SpiTarget | UartTarget
"""A simulated chip with any connection."""


@dataclass(frozen=True, slots=True)
class ChipOption:
    """An option of a chip that host.toml may set."""

    name: str
    """The key in host.toml, and the chip's keyword argument."""
    allowed: tuple[OptionValue, ...]
    """All allowed values. The first one is the default."""


@dataclass(frozen=True, slots=True)
class ChipKind:
    """One kind of chip that can be simulated."""

    name: str
    """Its name in host.toml."""
    title: str
    """A description for a person."""
    kind: Wiring
    """Its connection."""
    module: str
    """The name of its module in hostcore.devices."""
    class_name: str
    """The name of its class, called as ``Chip(clock, environment, **options)``."""
    addresses: tuple[int, ...] = ()
    """The 7-bit I2C addresses that it can have. The first one is the usual one. Empty for other connections."""
    choices: tuple[ChipOption, ...] = ()
    """Its options."""
    takes: tuple[str, ...] = ()
    """Further keyword arguments of its class: ``seed``, ``powered_ns``, ``description``."""

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its options."""
        return tuple(choice.name for choice in self.choices)


CHIPS: tuple[ChipKind, ...] = (
    ChipKind(
        "bme680", "Bosch BME680 air quality sensor", "i2c", module="bme680", class_name="Bme680", addresses=(0x76, 0x77)
    ),
    ChipKind(
        "ssd1306",
        "Solomon Systech SSD1306 OLED display, 128 pixels wide",
        "i2c",
        module="ssd1306",
        class_name="Ssd1306",
        addresses=(0x3C, 0x3D),
        choices=(ChipOption("height", (64, 32)),),
    ),
    ChipKind("bh1750", "ROHM BH1750 light sensor", "i2c", module="bh1750", class_name="Bh1750", addresses=(0x23, 0x5C)),
    ChipKind(
        "aht20",
        "ASAIR AHT20 temperature and humidity sensor",
        "i2c",
        module="aht20",
        class_name="Aht20",
        addresses=(0x38,),
        takes=("powered_ns",),
    ),
    ChipKind(
        "dht22",
        "Aosong DHT22 (AM2302) temperature and humidity sensor",
        "line",
        module="dht22",
        class_name="Dht22",
        takes=("powered_ns", "seed"),
    ),
    ChipKind("loopback-spi", "SPI with MISO wired to MOSI", "spi", module="loopback", class_name="SpiLoopback"),
    ChipKind("ws2812", "strip of Worldsemi WS2812B LEDs", "spi", module="ws2812", class_name="Ws2812"),
    ChipKind("loopback-uart", "serial port with RX wired to TX", "uart", module="loopback", class_name="UartLoopback"),
)
"""Every chip with a model of its own."""

REGISTERS = "registers:"
"""The beginning of the name of a chip that is made of its chip file, as in ``registers:lis3dh``."""
DESCRIBED = ChipKind(
    REGISTERS,
    "chip that is made of its chip file",
    "i2c",
    module="registers",
    class_name="RegisterFile",
    takes=("powered_ns", "description"),
)
"""The kind of all chips that are made of chip files. Their addresses are those of the file."""


@dataclass(frozen=True, slots=True)
class SimulatedChip:
    """One chip on the simulated Pi, as host.toml describes it."""

    chip: str
    """The `name` of its `ChipKind`, or `REGISTERS` and the name of a chip file."""
    bus: int | None = None
    """N of the I2C bus /dev/i2c-N or of the SPI bus /dev/spidevN.M. Required for I2C and SPI."""
    address: int | None = None
    """7-bit I2C address, one of the kind's `addresses`. Required for I2C."""
    line: int | None = None
    """BCM number of the GPIO line, 0 to 53. Required for a part on a line. An SPI chip can have it in place of a chip
    select: it is selected while the line is low."""
    chip_select: int | None = None
    """M of /dev/spidevN.M. Required for SPI, unless a line selects the chip."""
    port: str | None = None
    """Name of the serial port, such as ``serial0``. Required for a part on a serial port."""
    options: tuple[tuple[str, OptionValue], ...] = ()
    """(name, value) pairs, each name one of the kind's `options`."""
    description: Chip | None = None
    """What its chip file says; None for a chip with a model of its own."""


def kind_of(name: str) -> ChipKind | None:
    """The kind of chip with this name in host.toml, or None if there is none."""
    if name.startswith(REGISTERS):
        return DESCRIBED
    return next((kind for kind in CHIPS if kind.name == name), None)


def build(
    chip: SimulatedChip, clock: Clock, environment: Environment, *, seed: int = 0, powered_ns: int | None = None
) -> Target:
    """Make the chip that `chip` describes. Does not block.

    Args:
        chip: a valid description.
        clock: the clock of the chip.
        environment: the environment of the chip.
        seed: seed of the chip's random numbers, if it has any.
        powered_ns: time of power-on, on `clock.monotonic_ns`. None is now. Used by chips that need time to start.

    Raises:
        ValueError: no such kind of chip.
    """
    kind = kind_of(chip.chip)
    if kind is None:
        raise ValueError(f"no simulated chip {chip.chip!r}; there are {', '.join(kind.name for kind in CHIPS)}")
    chip_class = getattr(import_module(f"hostcore.devices.{kind.module}"), kind.class_name)
    known: dict[str, object] = {"seed": seed, "powered_ns": powered_ns, "description": chip.description}
    target: Target = chip_class(clock, environment, **dict(chip.options), **{name: known[name] for name in kind.takes})
    return target
