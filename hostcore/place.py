"""Names of buses and places on them, for host.toml, events and errors."""

from __future__ import annotations

import re
from enum import StrEnum

from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass

LAST_BUS = 255
"""The highest number of an I2C bus, SPI bus or chip select: they are a u8 in wit/buses.wit."""
I2C_FIRST_ADDRESS = 0x08
"""The lowest 7-bit I2C address for a device; those below are reserved (UM10204 section 3.1.12)."""
I2C_LAST_ADDRESS = 0x77
"""The highest 7-bit I2C address for a device (UM10204 section 3.1.12)."""
PORT_PATTERN = r"[A-Za-z][A-Za-z0-9_-]{0,31}"
"""The name of a serial port: that of a file directly in /dev, such as serial0 or ttyUSB0."""
BUS_FORM = f"i2c-N or spi-N with N 0 to {LAST_BUS}, gpio, iio, system, or uart-PORT such as uart-serial0"
"""How to name a bus, for a person."""
_FORM = late_pattern(rf"(i2c|spi)-(0|[1-9][0-9]{{0,2}})|(uart)-({PORT_PATTERN})|(gpio|iio|system)", re.ASCII)


class BusKind(StrEnum):
    """The kinds of buses. Each value is the beginning of the names of its kind."""

    I2C = "i2c"
    SPI = "spi"
    GPIO = "gpio"
    UART = "uart"
    IIO = "iio"
    """The sensors that kernel drivers read."""
    SYSTEM = "system"
    """The computer's own state."""


class BusName(str):
    """The name of a bus in `[buses]` of host.toml, such as ``i2c-1``, with its parts.

    It is a `str`, so JSON, messages and dictionaries need no conversion.

    Args:
        text: the name.

    Raises:
        ValueError: no bus can have this name; the message is `BUS_FORM`.
    """

    __slots__ = ("kind", "unit")

    kind: BusKind
    unit: str
    """The part after the kind: ``1`` of ``i2c-1``, ``serial0`` of ``uart-serial0``; "" for kinds with only one bus."""

    def __new__(cls, text: str) -> BusName:
        match = _FORM.fullmatch(text)
        if match is None or (match[2] and int(match[2]) > LAST_BUS):
            raise ValueError(BUS_FORM)
        return cls._made(BusKind(match[1] or match[3] or match[5]), match[2] or match[4] or "")

    @classmethod
    def _made(cls, kind: BusKind, unit: str) -> BusName:
        name = str.__new__(cls, f"{kind}-{unit}" if unit else kind.value)
        name.kind, name.unit = kind, unit
        return name

    @classmethod
    def i2c(cls, number: int) -> BusName:
        """Return the name of /dev/i2c-`number`. The range is not checked: the bus may be one that cannot exist."""
        return cls._made(BusKind.I2C, str(number))

    @classmethod
    def spi(cls, number: int) -> BusName:
        """Return the name of the SPI bus with the devices /dev/spidev`number`.*; otherwise like `i2c`."""
        return cls._made(BusKind.SPI, str(number))

    @classmethod
    def uart(cls, port: str) -> BusName:
        """Return the name of the serial port /dev/`port`; ``uart-?`` if no port can have that name."""
        return cls._made(BusKind.UART, port if re.fullmatch(PORT_PATTERN, port) else "?")

    @classmethod
    def unknown(cls, kind: BusKind) -> BusName:
        """Return the name of an unknown bus of this kind, such as ``spi-?``."""
        return cls._made(kind, "?")

    @property
    def number(self) -> int:
        """N of ``i2c-N`` or ``spi-N``. Raises ValueError for the other kinds."""
        return int(self.unit)


ON_HEADER = tuple(map(BusName, ("i2c-1", "spi-0", "gpio", "uart-serial0", "system")))
"""The buses on the 40-pin header of a Raspberry Pi, which settings without ``[buses]`` have."""
GPIO = BusName("gpio")
"""All GPIO lines."""
IIO = BusName("iio")
"""All sensors that kernel drivers read."""
SYSTEM = BusName("system")
"""The computer."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an access: a bus and, on most buses, an address."""

    bus: BusName
    address: int | None = None
    """7-bit I2C address, SPI chip select or GPIO line (BCM number); None for the whole bus."""

    def __str__(self) -> str:
        return self.described()

    @property
    def short(self) -> str:
        """The place by its names: ``i2c-1 0x76``, ``spi-0 1``, ``gpio 4``, ``uart-serial0``."""
        if self.address is None:
            return str(self.bus)
        return f"{self.bus} 0x{self.address:02x}" if self.bus.kind is BusKind.I2C else f"{self.bus} {self.address}"

    def described(self, device: str = "") -> str:
        """Return the place in words: ``I2C bus 1, address 0x76``.

        Args:
            device: the device file of the bus; it is named beside the bus.
        """
        beside = f" ({device})" if device else ""
        match self.bus.kind:
            case BusKind.I2C:
                bus = f"I2C bus {self.bus.unit}{beside}"
                return bus if self.address is None else f"{bus}, address 0x{self.address:02X}"
            case BusKind.SPI:
                return f"SPI device {self.bus.unit}.{self.address}{beside}"
            case BusKind.GPIO:
                return "GPIO" if self.address is None else f"GPIO line {self.address}{beside}"
            case BusKind.UART:
                return f"serial port {self.bus.unit}{beside}"
        return f"{self.bus}{beside}"
