"""Permissions for the buses, for sensors that kernel drivers read, and for the computer's state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from hostcore.backends.base import GPIO_LAST_LINE, IIO_NAME
from hostcore.place import GPIO, I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, IIO, LAST_BUS, PORT_PATTERN, SYSTEM, BusName
from hostcore.quick_dataclass import dataclass

LAST_LINE = GPIO_LAST_LINE
"""The highest BCM number of a GPIO line."""

I2C_FORM = (
    "i2c:BUS:ADDRESS or i2c:BUS:FIRST-LAST, followed by :read or :write to allow only one of them, "
    f"with BUS 0 to {LAST_BUS} and an ADDRESS from 0x{I2C_FIRST_ADDRESS:02x} to 0x{I2C_LAST_ADDRESS:02x}"
)
SPI_FORM = f"spi:BUS.CHIP_SELECT, both 0 to {LAST_BUS}"
GPIO_FORM = f"gpio:LINE:in, gpio:LINE:out or gpio:LINE:pulses, with LINE 0 to {LAST_LINE} (BCM number)"
UART_FORM = "uart:PORT, with PORT the name of a serial port such as serial0"
IIO_FORM = "iio:NAME, with NAME the name of a sensor in /sys/bus/iio, such as dht11@4 or bme280"
SYSTEM_FORM = "system"


@dataclass(frozen=True, slots=True)
class I2cPermission:
    """Read from or write to a range of addresses on one I2C bus.

    Raises:
        ValueError: a number is out of range, or the permission allows neither reads nor writes.
    """

    bus: int
    """N of /dev/i2c-N, 0 to 255."""
    first: int
    """The lowest 7-bit address, 0x08 to 0x77."""
    last: int
    """The highest 7-bit address, `first` to 0x77."""
    read: bool = True
    """Whether it allows reads."""
    write: bool = True
    """Whether it allows writes."""

    def __post_init__(self) -> None:
        in_order = I2C_FIRST_ADDRESS <= self.first <= self.last <= I2C_LAST_ADDRESS
        if not (0 <= self.bus <= LAST_BUS and in_order and (self.read or self.write)):
            raise ValueError(I2C_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return BusName.i2c(self.bus)

    def __str__(self) -> str:
        addresses = f"0x{self.first:02x}" if self.first == self.last else f"0x{self.first:02x}-0x{self.last:02x}"
        mode = "" if self.read and self.write else ":read" if self.read else ":write"
        return f"i2c:{self.bus}:{addresses}{mode}"


@dataclass(frozen=True, slots=True)
class SpiPermission:
    """Use one SPI device.

    Raises:
        ValueError: a number is out of range.
    """

    bus: int
    """N of /dev/spidevN.M, 0 to 255."""
    chip_select: int
    """M of /dev/spidevN.M, 0 to 255."""

    def __post_init__(self) -> None:
        if not (0 <= self.bus <= LAST_BUS and 0 <= self.chip_select <= LAST_BUS):
            raise ValueError(SPI_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return BusName.spi(self.bus)

    def __str__(self) -> str:
        return f"spi:{self.bus}.{self.chip_select}"


class GpioMode(StrEnum):
    """A use of a GPIO line. Each mode allows only its own use."""

    IN = "in"
    """Read its level."""
    OUT = "out"
    """Set its level."""
    PULSES = "pulses"
    """Drive pulses onto the line, release it, and record the edges that follow."""


@dataclass(frozen=True, slots=True)
class GpioPermission:
    """Use one GPIO line in one mode.

    Raises:
        ValueError: the line's number is out of range.
    """

    line: int
    """BCM number, 0 to 53."""
    mode: GpioMode
    """The use that is allowed."""

    def __post_init__(self) -> None:
        if not 0 <= self.line <= LAST_LINE:
            raise ValueError(GPIO_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return GPIO

    def __str__(self) -> str:
        return f"gpio:{self.line}:{self.mode}"


@dataclass(frozen=True, slots=True)
class UartPermission:
    """Use one serial port.

    Raises:
        ValueError: no port can have this name.
    """

    port: str
    """A file's name in /dev, such as ``serial0``."""

    def __post_init__(self) -> None:
        if re.fullmatch(PORT_PATTERN, self.port) is None:
            raise ValueError(UART_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return BusName.uart(self.port)

    def __str__(self) -> str:
        return f"uart:{self.port}"


@dataclass(frozen=True, slots=True)
class IioPermission:
    """Read one sensor through its kernel driver.

    Raises:
        ValueError: no sensor can have this name.
    """

    device: str
    """The sensor's name, such as ``dht11@4``."""

    def __post_init__(self) -> None:
        if re.fullmatch(IIO_NAME, self.device) is None:
            raise ValueError(IIO_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return IIO

    def __str__(self) -> str:
        return f"iio:{self.device}"


@dataclass(frozen=True, slots=True)
class SystemPermission:
    """Read the computer's own state: temperature, load, memory and uptime."""

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return SYSTEM

    def __str__(self) -> str:
        return "system"


BusPermission = I2cPermission | SpiPermission | GpioPermission | UartPermission | IioPermission | SystemPermission
"""A permission for a bus."""

_NUMBER = "(0|[1-9][0-9]{0,2})"
_ADDRESS = "0x([0-9A-Fa-f]{2})"


def _i2c(bus: str, first: str, last: str | None, mode: str | None) -> I2cPermission:
    return I2cPermission(int(bus), int(first, 16), int(last or first, 16), mode != "write", mode != "read")


def _spi(bus: str, chip_select: str) -> SpiPermission:
    return SpiPermission(int(bus), int(chip_select))


def _gpio(line: str, mode: str) -> GpioPermission:
    return GpioPermission(int(line), GpioMode(mode))


FORMS: Mapping[str, tuple[str, str, Callable[..., BusPermission]]] = {
    "i2c": (I2C_FORM, f"i2c:{_NUMBER}:{_ADDRESS}(?:-{_ADDRESS})?(?::(read|write))?", _i2c),
    "spi": (SPI_FORM, rf"spi:{_NUMBER}\.{_NUMBER}", _spi),
    "gpio": (GPIO_FORM, f"gpio:{_NUMBER}:(in|out|pulses)", _gpio),
    "uart": (UART_FORM, "uart:(.*)", UartPermission),
    "iio": (IIO_FORM, "iio:(.*)", IioPermission),
    "system": (SYSTEM_FORM, "system", SystemPermission),
}
"""For each kind: its form for a person, its pattern, and a function that makes a permission from the groups."""
