"""The sections `[leds]` and `[relays]` of host.toml."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from hostcore.permissions import LAST_LINE, SpiPermission, parse_permission
from hostcore.permissions.actuators import RELAY_FORM, RELAY_NAME
from hostcore.permissions.buses import SPI_FORM
from hostcore.quick_dataclass import dataclass
from hostcore.toml.reader import choice, integer, number, parsed

MOST_LEDS = 320
"""The most LEDs whose frame spidev sends in one transfer of 4,096 bytes (py-spidev; the kernel's parameter bufsiz)."""


def parse_chip_select(text: str) -> SpiPermission:
    """Return the SPI device for a text such as ``"0.1"``. The ValueError for other texts says what is allowed."""
    try:
        found = parse_permission(f"spi:{text}")
    except ValueError:
        raise ValueError(f"BUS.CHIP_SELECT such as '0.0', as in {SPI_FORM}") from None
    assert isinstance(found, SpiPermission)
    return found


def check_relay_name(name: str) -> str:
    """Return `name` if a relay can have it. The ValueError for other names says what is allowed."""
    if re.fullmatch(RELAY_NAME, name) is None:
        raise ValueError(f"a relay's name, as in {RELAY_FORM}")
    return name


@dataclass(frozen=True, slots=True)
class LedsSettings:
    """``[leds]``: a strip of WS2812B LEDs."""

    spi: Annotated[SpiPermission, parsed(parse_chip_select)]
    """The SPI device whose MOSI line drives the strip."""
    count: Annotated[int, integer(1, MOST_LEDS, "LEDs")]
    """The number of LEDs."""
    order: Annotated[Literal["GRB", "RGB"], choice(("GRB", "RGB"))] = "GRB"
    """The order in which the LEDs expect red, green and blue."""
    brightness: Annotated[float, number(0, 1)] = 1.0
    """The factor for all parts of a colour, 0 to 1."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """``[relays.NAME]``: a relay, buzzer or fan."""

    name: str
    """The relay's name."""
    line: Annotated[int, integer(0, LAST_LINE)]
    """The BCM number of its GPIO line."""
    active_low: bool = False
    """Whether a low level switches it on."""
