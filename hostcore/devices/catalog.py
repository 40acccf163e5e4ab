"""The chips that `[simulation]` of host.toml may name, and how to make one.

Importing this module imports none of them: a chip's own module is loaded when the first such chip is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from hostcore.devices.base import I2cTarget, LineTarget, SpiTarget, UartTarget

if TYPE_CHECKING:
    from hostcore.clock import Clock
    from hostcore.devices.environment import Environment

Wiring = Literal["i2c", "line", "spi", "uart"]
"""What a chip is wired to; it decides which fields of a `SimulatedChip` must be set."""

OptionValue = int | float | str | bool
"""What an option's value may be in host.toml."""

Target = I2cTarget | LineTarget | SpiTarget | UartTarget
"""A simulated chip, whatever it is wired to."""


@dataclass(frozen=True, slots=True)
class ChipOption:
    """One thing about a chip that host.toml may choose."""

    name: str
    """The key in host.toml, and the chip's keyword argument."""
    allowed: tuple[OptionValue, ...]
    """Every value it may have; the first is the default."""


@dataclass(frozen=True, slots=True)
class ChipKind:
    """One kind of chip that can be simulated."""

    name: str
    """How host.toml names it."""
    title: str
    """What it is, for a person."""
    kind: Wiring
    """What it is wired to."""
    module: str
    """Its module within hostcore.devices."""
    class_name: str
    """Its class in that module, made as ``Chip(clock, environment, **options)``."""
    addresses: tuple[int, ...] = ()
    """The 7-bit I2C addresses its pins can choose; the first is the usual one. Empty for other wirings."""
    choices: tuple[ChipOption, ...] = ()
    """The options it takes."""
    takes: tuple[str, ...] = ()
    """What else its class wants to know of `build`: ``seed``, ``powered_ns``."""

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options it takes."""
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
"""Every chip that can be simulated."""


@dataclass(frozen=True, slots=True)
class SimulatedChip:
    """One chip on the simulated Pi, as host.toml describes it."""

    chip: str
    """The `name` of its `ChipKind`."""
    bus: int | None = None
    """N of the I2C bus /dev/i2c-N or of the SPI bus /dev/spidevN.M; needed for both."""
    address: int | None = None
    """7-bit I2C address, one of the kind's `addresses`; needed for I2C."""
    line: int | None = None
    """BCM number of the GPIO line, 0 to 53; needed for a part on a line."""
    chip_select: int | None = None
    """M of /dev/spidevN.M; needed for SPI."""
    port: str | None = None
    """Name of the serial port, such as ``serial0``; needed for a serial part."""
    options: tuple[tuple[str, OptionValue], ...] = ()
    """(name, value) pairs, each name one of the kind's `options`."""


def kind_of(name: str) -> ChipKind | None:
    """The kind of chip that host.toml calls `name`, or None where there is none."""
    return next((kind for kind in CHIPS if kind.name == name), None)


def build(
    chip: SimulatedChip, clock: Clock, environment: Environment, *, seed: int = 0, powered_ns: int | None = None
) -> Target:
    """Make the chip that `chip` describes. Does not block.

    Args:
        chip: a valid description; whoever reads host.toml checks it.
        clock: what the chip reads the time from.
        environment: what it senses.
        seed: for a chip with chance of its own.
        powered_ns: when it was powered, as `clock.monotonic_ns`; None is now. For a chip that needs long to wake.

    Raises:
        ValueError: no such kind of chip.
    """
    kind = kind_of(chip.chip)
    if kind is None:
        raise ValueError(f"no simulated chip {chip.chip!r}; there are {', '.join(kind.name for kind in CHIPS)}")
    chip_class = getattr(import_module(f"hostcore.devices.{kind.module}"), kind.class_name)
    known: dict[str, object] = {"seed": seed, "powered_ns": powered_ns}
    target: Target = chip_class(clock, environment, **dict(chip.options), **{name: known[name] for name in kind.takes})
    return target
