"""Permissions for actuators: the LED strip, relays, and pulse-width modulation of GPIO lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hostcore.backends.base import GPIO_LAST_LINE
from hostcore.place import GPIO, BusName
from hostcore.quick_dataclass import dataclass

RELAY_NAME = "[a-z][a-z0-9_-]{0,31}"
"""The pattern of a relay's name in host.toml. The rules are those for a plugin's name."""
LEDS_FORM = "leds"
RELAY_FORM = "relay:NAME, with NAME from a table [relays.NAME], such as fan: small letters, digits, '_' and '-'"
PWM_FORM = f"pwm:LINE, with LINE 0 to {GPIO_LAST_LINE} (BCM number)"


@dataclass(frozen=True, slots=True)
class LedsPermission:
    """Set the colours of the LED strip. Several plugins may have this permission."""

    @property
    def bus_name(self) -> None:
        """None: `[leds]` of host.toml names the bus, not the permission."""
        return

    def __str__(self) -> str:
        return "leds"


@dataclass(frozen=True, slots=True)
class RelayPermission:
    """Switch one relay. Several plugins may have this permission.

    Raises:
        ValueError: no relay can have this name.
    """

    name: str
    """The relay's name in `[relays]` of host.toml."""

    def __post_init__(self) -> None:
        if re.fullmatch(RELAY_NAME, self.name) is None:
            raise ValueError(RELAY_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return GPIO

    def __str__(self) -> str:
        return f"relay:{self.name}"


@dataclass(frozen=True, slots=True)
class PwmPermission:
    """Use pulse-width modulation on one GPIO line.

    Raises:
        ValueError: the line's number is out of range.
    """

    line: int
    """BCM number, 0 to 53."""

    def __post_init__(self) -> None:
        if not 0 <= self.line <= GPIO_LAST_LINE:
            raise ValueError(PWM_FORM)

    @property
    def bus_name(self) -> BusName:
        """The name of the bus in `[buses]` of host.toml."""
        return GPIO

    def __str__(self) -> str:
        return f"pwm:{self.line}"


ActuatorPermission = LedsPermission | RelayPermission | PwmPermission
"""A permission for an actuator."""
FORMS: Mapping[str, tuple[str, str, Callable[..., ActuatorPermission]]] = {
    "leds": (LEDS_FORM, "leds", LedsPermission),
    "relay": (RELAY_FORM, "relay:(.*)", RelayPermission),
    "pwm": (PWM_FORM, "pwm:(0|[1-9][0-9]?)", lambda line: PwmPermission(int(line))),
}
"""For each kind: its form for a person, its pattern, and a function that makes a permission from the groups."""
