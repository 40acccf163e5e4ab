"""Finds out what to give a constructor: buses, pins and addresses, and the permissions that these need."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hostcore.libraries.draft.constants import is_address_name
from hostcore.libraries.draft.outline import LibraryClass, Parameter
from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    LedsPermission,
    Permission,
    SpiPermission,
    UartPermission,
)
from hostcore.place import LAST_BUS
from hostcore.quick_dataclass import dataclass, field

FIRST_PIN = 4
"""The BCM number of the first pin that a draft names. Most pictures of a sensor with one wire show GPIO 4."""
EXTENDED_BUS = "adafruit_extended_bus"
"""The module for other I2C buses than the first one. This host provides it."""
_TYPICAL: Mapping[str, str] = {"width": "128", "height": "64", "n": "8", "num_leds": "8"}
"""Values of parameters that need one, and that have no likely default."""
_PIN = re.compile(r"(^|_)pin($|_)|^pin|^(trigger|echo|dout|data|clk|sck|pd_sck)$")
_OUTPUTS = re.compile("reset|rst|trig|enable|dc|cs|select|clk|sck|led")


@dataclass(frozen=True, slots=True)
class Supply:
    """An argument of a constructor."""

    parameter: str
    value: str
    """Python source, such as ``board.I2C()``."""
    modules: tuple[str, ...] = ()
    """The modules that it needs."""
    is_certain: bool = True
    """Whether it is more than a guess."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The first buses of the host, and an address that a person chose."""

    i2c: int = 1
    """N of /dev/i2c-N, 0 to 255."""
    spi: int = 0
    """N of /dev/spidevN.M, 0 to 255."""
    uart: str = "serial0"
    """A file's name in /dev."""
    address: int | None = None
    """The I2C address, 0x08 to 0x77; None for the library's own default."""
    is_first_i2c: bool = True
    """Whether the I2C bus is the first one of the host, which is the one of `board.I2C()`."""


@dataclass(slots=True)
class Supplier:
    """Supplies the arguments of one constructor. For one class.

    Args:
        of: the class.
        wiring: the buses.

    Attributes:
        permissions: the permissions that the arguments so far need, as far as they are known.
    """

    of: LibraryClass
    wiring: Wiring
    permissions: list[Permission] = field(default_factory=list)
    _next_pin: int = FIRST_PIN

    def arguments(self) -> tuple[Supply, ...]:
        """Return the arguments that a draft should give. Those with a good default are left out."""
        found = tuple(supply for each in self.of.parameters if (supply := self._of(each)) is not None)
        if not self.permissions and self.of.addresses:  # the library opens the bus itself
            self.permissions.append(self._i2c())
        return found

    def _of(self, parameter: Parameter) -> Supply | None:
        if is_address_name(parameter.name):
            return self._address(parameter)
        if not parameter.is_required:
            return None
        return self._bus(parameter) or self._line(parameter) or self._value(parameter)

    def _address(self, parameter: Parameter) -> Supply | None:
        chosen = self.wiring.address
        if not parameter.is_required:
            return Supply(parameter.name, f"0x{chosen:02X}") if chosen is not None else None
        likely = chosen if chosen is not None else next(iter(self.of.addresses), None)
        if likely is None:
            return Supply(parameter.name, "0x08", is_certain=False)
        return Supply(parameter.name, f"0x{likely:02X}", is_certain=chosen is not None)

    def _bus(self, parameter: Parameter) -> Supply | None:
        if is_bus(parameter, "i2c"):
            self.permissions.append(self._i2c())
            if self.wiring.is_first_i2c:
                return Supply(parameter.name, "board.I2C()", ("board",))
            return Supply(parameter.name, f"adafruit_extended_bus.ExtendedI2C({self.wiring.i2c})", (EXTENDED_BUS,))
        if is_bus(parameter, "spi"):
            self.permissions.append(SpiPermission(self.wiring.spi, 0))
            return Supply(parameter.name, "board.SPI()", ("board",))
        if is_bus(parameter, "uart"):
            self.permissions.append(UartPermission(self.wiring.uart))
            port = f'"/dev/{self.wiring.uart}"'
            value = f"serial.Serial({port}, baudrate=9600, timeout=1)"
            return Supply(parameter.name, value, ("serial",), is_certain=False)
        if is_smbus(parameter):
            self.permissions.append(self._i2c())
            return Supply(parameter.name, f"smbus2.SMBus({self.wiring.i2c})", ("smbus2",))
        return None

    def _line(self, parameter: Parameter) -> Supply | None:
        name, is_object = parameter.name.lower(), "DigitalInOut" in parameter.annotation
        if not (is_object or is_pin(parameter)):
            return None
        if is_object and re.match("cs|chip_select|.*select", name):
            return Supply(parameter.name, "digitalio.DigitalInOut(board.CE0)", ("board", "digitalio"))
        if "Optional" in parameter.annotation or "None" in parameter.annotation:
            return Supply(parameter.name, "None", is_certain=False)
        if "pixel" in self.of.name.lower():
            self.permissions.append(LedsPermission())
            return Supply(parameter.name, "board.D10", ("board",), is_certain=False)
        line, self._next_pin = self._next_pin, self._next_pin + 1
        mode = GpioMode.OUT if _OUTPUTS.search(name) else GpioMode.PULSES if self._times_pulses() else GpioMode.IN
        self.permissions.append(GpioPermission(line, mode))
        pin = f"board.D{line}"
        if is_object:
            return Supply(parameter.name, f"digitalio.DigitalInOut({pin})", ("board", "digitalio"), is_certain=False)
        return Supply(parameter.name, pin, ("board",), is_certain=False)

    def _value(self, parameter: Parameter) -> Supply:
        return Supply(parameter.name, _TYPICAL.get(parameter.name, "..."), is_certain=False)

    def _times_pulses(self) -> bool:
        return any("pulse" in each.name for each in self.of.parameters) or "HCSR" in self.of.name.upper()

    def _i2c(self) -> I2cPermission:
        addresses = self.of.addresses
        likely = self.wiring.address if self.wiring.address is not None else addresses[0] if addresses else 0x08
        return I2cPermission(min(self.wiring.i2c, LAST_BUS), likely, likely)


def is_bus(parameter: Parameter, kind: str) -> bool:
    """Whether a parameter takes a bus of this kind: ``i2c``, ``spi`` or ``uart``."""
    named = parameter.name.lower() in (kind, f"{kind}_bus", f"{kind}_port", f"{kind}bus")
    return named or re.search(rf"\b{kind.upper()}\b", parameter.annotation) is not None


def is_smbus(parameter: Parameter) -> bool:
    """Whether a parameter takes an I2C bus as `smbus2` opens it."""
    return parameter.name.lower() in ("bus", "smbus", "i2c_dev", "i2c_device")


def is_pin(parameter: Parameter) -> bool:
    """Whether a parameter takes a pin of `board`."""
    return re.search(r"\bPin\b", parameter.annotation) is not None or _PIN.search(parameter.name.lower()) is not None


def is_understood(parameter: Parameter) -> bool:
    """Whether a draft knows what to give a parameter."""
    name = parameter.name.lower()
    return (
        not parameter.is_required
        or is_address_name(name)
        or any(is_bus(parameter, kind) for kind in ("i2c", "spi", "uart"))
        or is_smbus(parameter)
        or is_pin(parameter)
        or "DigitalInOut" in parameter.annotation
        or name in _TYPICAL
    )
