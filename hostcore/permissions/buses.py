"""Permissions for the buses, the kernel's own sensors and the computer's state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hostcore.backends.base import GPIO_LAST_LINE, I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, IIO_NAME
from hostcore.place import GPIO, IIO, LAST_BUS, PORT_PATTERN, SYSTEM, BusName

LAST_LINE = GPIO_LAST_LINE
"""The highest BCM number of a GPIO line."""

I2C_FORM = (
    "i2c:BUS:ADDRESS or i2c:BUS:FIRST-LAST, then :read or :write for only one of the two, "
    f"with BUS 0 to {LAST_BUS} and an ADDRESS from 0x{I2C_FIRST_ADDRESS:02x} to 0x{I2C_LAST_ADDRESS:02x}"
)
SPI_FORM = f"spi:BUS.CHIP_SELECT, both 0 to {LAST_BUS}"
GPIO_FORM = f"gpio:LINE:in, gpio:LINE:out or gpio:LINE:pulses, with LINE 0 to {LAST_LINE} (BCM number)"
UART_FORM = "uart:PORT, with PORT the name of a serial port such as serial0"
IIO_FORM = "iio:NAME, with NAME that of a sensor in /sys/bus/iio, such as dht11@4 or bme280"
SYSTEM_FORM = "system"


@dataclass(frozen=True, slots=True)
class I2cPermission:
    """Transfers with the devices at some addresses of one I2C bus.

    Raises:
        ValueError: a number out of its range, or a permission for nothing.
    """

    bus: int
    """N of /dev/i2c-N, 0 to 255."""
    first: int
    """The lowest 7-bit address, 0x08 to 0x77."""
    last: int
    """The highest 7-bit address, `first` to 0x77."""
    read: bool = True
    """Whether it covers reads."""
    write: bool = True
    """Whether it covers writes."""

    def __post_init__(self) -> None:
        in_order = I2C_FIRST_ADDRESS <= self.first <= self.last <= I2C_LAST_ADDRESS
        if not (0 <= self.bus <= LAST_BUS and in_order and (self.read or self.write)):
            raise ValueError(I2C_FORM)

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return BusName.i2c(self.bus)

    def __str__(self) -> str:
        addresses = f"0x{self.first:02x}" if self.first == self.last else f"0x{self.first:02x}-0x{self.last:02x}"
        mode = "" if self.read and self.write else ":read" if self.read else ":write"
        return f"i2c:{self.bus}:{addresses}{mode}"


@dataclass(frozen=True, slots=True)
class SpiPermission:
    """Transfers with the device behind one SPI chip select.

    Raises:
        ValueError: a number out of its range.
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
        """The bus as `[buses]` of host.toml names it."""
        return BusName.spi(self.bus)

    def __str__(self) -> str:
        return f"spi:{self.bus}.{self.chip_select}"


class GpioMode(StrEnum):
    """What a plugin may do with a line. One mode grants nothing of another."""

    IN = "in"
    """Read its level."""
    OUT = "out"
    """Set its level."""
    PULSES = "pulses"
    """Drive pulses onto it, release it, and capture the edges that follow."""


@dataclass(frozen=True, slots=True)
class GpioPermission:
    """One use of one GPIO line.

    Raises:
        ValueError: the line's number is out of its range.
    """

    line: int
    """BCM number, 0 to 53."""
    mode: GpioMode
    """What for."""

    def __post_init__(self) -> None:
        if not 0 <= self.line <= LAST_LINE:
            raise ValueError(GPIO_FORM)

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return GPIO

    def __str__(self) -> str:
        return f"gpio:{self.line}:{self.mode}"


@dataclass(frozen=True, slots=True)
class UartPermission:
    """All use of one serial port.

    Raises:
        ValueError: not a port's name.
    """

    port: str
    """A file's name in /dev, such as ``serial0``."""

    def __post_init__(self) -> None:
        if re.fullmatch(PORT_PATTERN, self.port) is None:
            raise ValueError(UART_FORM)

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return BusName.uart(self.port)

    def __str__(self) -> str:
        return f"uart:{self.port}"


@dataclass(frozen=True, slots=True)
class IioPermission:
    """Reading one sensor through the kernel's driver.

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
        """The bus as `[buses]` of host.toml names it."""
        return IIO

    def __str__(self) -> str:
        return f"iio:{self.device}"


@dataclass(frozen=True, slots=True)
class SystemPermission:
    """Reading the computer's own state: temperature, load, memory, uptime."""

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return SYSTEM

    def __str__(self) -> str:
        return "system"


BusPermission = I2cPermission | SpiPermission | GpioPermission | UartPermission | IioPermission | SystemPermission
"""One thing that a plugin may do on a bus."""

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
"""For each kind: how to say it, the pattern of its text, and what makes a permission of the pattern's groups."""
