"""The text of permissions, as host.toml has it; `str` of a permission is its canonical text."""

from __future__ import annotations

import re
from collections.abc import Callable

from hostcore.permissions.actuators import FORMS as ACTUATOR_FORMS
from hostcore.permissions.actuators import ActuatorPermission
from hostcore.permissions.buses import (
    GPIO_FORM,
    I2C_FORM,
    IIO_FORM,
    SPI_FORM,
    SYSTEM_FORM,
    UART_FORM,
    BusPermission,
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    SpiPermission,
    SystemPermission,
    UartPermission,
)

Permission = BusPermission | ActuatorPermission
"""One thing that a plugin may do."""

_NUMBER = "(0|[1-9][0-9]{0,2})"
_ADDRESS = "0x([0-9A-Fa-f]{2})"


def _i2c(bus: str, first: str, last: str | None, mode: str | None) -> I2cPermission:
    return I2cPermission(int(bus), int(first, 16), int(last or first, 16), mode != "write", mode != "read")


def _spi(bus: str, chip_select: str) -> SpiPermission:
    return SpiPermission(int(bus), int(chip_select))


def _gpio(line: str, mode: str) -> GpioPermission:
    return GpioPermission(int(line), GpioMode(mode))


_FORMS: dict[str, tuple[str, str, Callable[..., Permission]]] = {
    "i2c": (I2C_FORM, f"i2c:{_NUMBER}:{_ADDRESS}(?:-{_ADDRESS})?(?::(read|write))?", _i2c),
    "spi": (SPI_FORM, rf"spi:{_NUMBER}\.{_NUMBER}", _spi),
    "gpio": (GPIO_FORM, f"gpio:{_NUMBER}:(in|out|pulses)", _gpio),
    "uart": (UART_FORM, "uart:(.*)", UartPermission),
    "iio": (IIO_FORM, "iio:(.*)", IioPermission),
    **ACTUATOR_FORMS,
    "system": (SYSTEM_FORM, "system", SystemPermission),
}
"""For each kind: how to say it, the pattern of its text, and what makes a permission of the pattern's groups."""


def parse_permission(text: str) -> Permission:
    """The permission that `text` stands for, such as ``"i2c:1:0x08-0x77:read"`` or ``"gpio:4:pulses"``.

    Raises:
        ValueError: it stands for none; the message is one line that says what is allowed.
    """
    kind = text.partition(":")[0]
    if kind not in _FORMS:
        raise ValueError("; ".join(form for form, _, _ in _FORMS.values()))
    form, pattern, make = _FORMS[kind]
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(form)
    return make(*match.groups())
