"""Permissions for what moves, shines or sounds: the strip of LEDs, relays, and lines with pulse-width modulation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hostcore.backends.base import GPIO_LAST_LINE
from hostcore.place import GPIO, BusName

RELAY_NAME = "[a-z][a-z0-9_-]{0,31}"
"""What a relay can be called in host.toml: the same as a plugin."""
LEDS_FORM = "leds"
RELAY_FORM = "relay:NAME, with NAME that of a table [relays.NAME] such as fan: small letters, digits, '_' and '-'"
PWM_FORM = f"pwm:LINE, with LINE 0 to {GPIO_LAST_LINE} (BCM number)"


@dataclass(frozen=True, slots=True)
class LedsPermission:
    """Setting the colours of the strip of LEDs, which several plugins may do."""

    @property
    def bus_name(self) -> None:
        """None: which bus it is, `[leds]` of host.toml says."""
        return

    def __str__(self) -> str:
        return "leds"


@dataclass(frozen=True, slots=True)
class RelayPermission:
    """Switching one relay, which several plugins may do.

    Raises:
        ValueError: no relay can have this name.
    """

    name: str
    """The relay's, as `[relays]` of host.toml has it."""

    def __post_init__(self) -> None:
        if re.fullmatch(RELAY_NAME, self.name) is None:
            raise ValueError(RELAY_FORM)

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return GPIO

    def __str__(self) -> str:
        return f"relay:{self.name}"


@dataclass(frozen=True, slots=True)
class PwmPermission:
    """Pulse-width modulation of one GPIO line.

    Raises:
        ValueError: the line's number is out of its range.
    """

    line: int
    """BCM number, 0 to 53."""

    def __post_init__(self) -> None:
        if not 0 <= self.line <= GPIO_LAST_LINE:
            raise ValueError(PWM_FORM)

    @property
    def bus_name(self) -> BusName:
        """The bus as `[buses]` of host.toml names it."""
        return GPIO

    def __str__(self) -> str:
        return f"pwm:{self.line}"


ActuatorPermission = LedsPermission | RelayPermission | PwmPermission
"""One thing that a plugin may do with an actuator."""
FORMS: Mapping[str, tuple[str, str, Callable[..., ActuatorPermission]]] = {
    "leds": (LEDS_FORM, "leds", LedsPermission),
    "relay": (RELAY_FORM, "relay:(.*)", RelayPermission),
    "pwm": (PWM_FORM, "pwm:(0|[1-9][0-9]?)", lambda line: PwmPermission(int(line))),
}
"""For each kind: how to say it, the pattern of its text, and what makes a permission of the pattern's groups."""
