"""What host.toml may say of what moves, shines or sounds: `[leds]` and `[relays]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from hostcore.config.reader import choice, integer, number, parsed
from hostcore.permissions import LAST_LINE, SpiPermission, parse_permission
from hostcore.permissions.actuators import RELAY_FORM, RELAY_NAME
from hostcore.permissions.buses import SPI_FORM

MOST_LEDS = 320
"""A frame for more is longer than spidev sends in one piece, 4,096 bytes (py-spidev; the kernel's parameter bufsiz)."""


def parse_chip_select(text: str) -> SpiPermission:
    """The SPI device that ``"0.1"`` stands for, or ValueError, which says what is allowed."""
    try:
        found = parse_permission(f"spi:{text}")
    except ValueError:
        raise ValueError(f"BUS.CHIP_SELECT such as '0.0', as in {SPI_FORM}") from None
    assert isinstance(found, SpiPermission)
    return found


def check_relay_name(name: str) -> str:
    """Return `name`, or raise ValueError, which says what is allowed, if no relay may have it."""
    if re.fullmatch(RELAY_NAME, name) is None:
        raise ValueError(f"a relay's name, as in {RELAY_FORM}")
    return name


@dataclass(frozen=True, slots=True)
class LedsSettings:
    """``[leds]``: a strip of WS2812B LEDs."""

    spi: Annotated[SpiPermission, parsed(parse_chip_select)]
    """The device whose data line it hangs on."""
    count: Annotated[int, integer(1, MOST_LEDS, "LEDs")]
    """How many LEDs it has."""
    order: Annotated[Literal["GRB", "RGB"], choice(("GRB", "RGB"))] = "GRB"
    """In which order an LED takes the parts of its colour."""
    brightness: Annotated[float, number(0, 1)] = 1.0
    """What every part of a colour is multiplied with, 0 to 1."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """``[relays.NAME]``: a relay, a buzzer, a fan."""

    name: str
    """NAME."""
    line: Annotated[int, integer(0, LAST_LINE)]
    """The BCM number of its GPIO line."""
    active_low: bool = False
    """Whether a low level is on."""
