"""What ``PREFIX/NODE/outputs`` says: how the relays, modulated lines and LEDs of a node were last driven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.quick_dataclass import dataclass, field

RELAYS, PWM, LEDS = "relays", "pwm", "leds"
"""The keys of the payload."""


@dataclass(frozen=True, slots=True)
class RelayState:
    """How a relay is."""

    on: bool | None
    """None before it was first switched."""
    by: str = ""
    """Who switched it, in words."""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class LineState:
    """How a line is modulated."""

    percent: float | None
    """Part of each period that it is high, 0 to 100; None before it was first set."""
    frequency_hz: float | None = None
    by: str = ""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class StripState:
    """How the LEDs are."""

    colors: tuple[tuple[int, int, int], ...]
    """Red, green and blue of each, 0 to 255."""
    by: str = ""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class NodeOutputs:
    """All outputs of a node."""

    relays: Mapping[str, RelayState] = field(default_factory=dict)
    """By the name that host.toml gives each."""
    pwm: Mapping[int, LineState] = field(default_factory=dict)
    """By the BCM number of the line."""
    leds: StripState | None = None
    """None if there are no LEDs."""

    def to_json(self) -> dict[str, Any]:
        """Return the payload. Relays are ON or OFF, as in commands; colours have six hexadecimal digits."""
        return {
            RELAYS: {name: {"state": _state(each.on), **_who(each)} for name, each in self.relays.items()},
            PWM: {
                str(line): {"percent": each.percent, "frequency_hz": each.frequency_hz, **_who(each)}
                for line, each in self.pwm.items()
            },
            LEDS: {"colors": [bytes(each).hex() for each in self.leds.colors], **_who(self.leds)}
            if self.leds
            else None,
        }


def _state(on: bool | None) -> str | None:
    return None if on is None else "ON" if on else "OFF"


def _who(output: RelayState | LineState | StripState) -> dict[str, Any]:
    return {"by": output.by, "simulated": output.is_simulated}
