"""What a person can do with an output: switch a relay, modulate a line, or light LEDs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass

Color = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
COLORS: Mapping[str, Color] = MappingProxyType(
    {
        "off": (0, 0, 0),
        "white": (255, 255, 255),
        "warm": (255, 160, 60),
        "red": (255, 0, 0),
        "orange": (255, 80, 0),
        "yellow": (255, 200, 0),
        "green": (0, 255, 0),
        "cyan": (0, 255, 255),
        "blue": (0, 0, 255),
        "purple": (128, 0, 255),
        "pink": (255, 0, 128),
    }
)
"""Colours that a person can choose by name. `[leds]` of host.toml dims all of them with its brightness."""
USUAL_HZ = 1000.0
"""The frequency in hertz that front ends offer for a line that was never set."""
_HEX = late_pattern("#?([0-9a-fA-F]{6})")
_LEDS = late_pattern(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")


def parse_color(text: str) -> Color:
    """Return the colour for a name of `COLORS` or for six hexadecimal digits. The ValueError says what is allowed."""
    known = text.strip().lower()
    if known in COLORS:
        return COLORS[known]
    digits = _HEX.fullmatch(known)
    if digits is None:
        raise ValueError(f"a colour: {', '.join(COLORS)}, or six hexadecimal digits such as ff8800")
    red, green, blue = bytes.fromhex(digits[1])
    return red, green, blue


def parse_percent(text: str) -> float:
    """Return the duty, 0 to 1, for a number of percent such as "50" or "12.5%". The ValueError says what is allowed."""
    percent = _number(text.strip().removesuffix("%"), -1.0)
    if not 0 <= percent <= 100:
        raise ValueError("a duty in percent, 0 to 100, such as 50")
    return percent / 100


def parse_frequency(text: str) -> float:
    """Return a frequency in hertz for a number such as "1000" or "50 Hz". The ValueError says what is allowed.

    The host refuses what is out of its range.
    """
    frequency_hz = _number(text.strip().lower().removesuffix("hz"), 0.0)
    if not 0 < frequency_hz < float("inf"):
        raise ValueError("a frequency in hertz, such as 1000")
    return frequency_hz


def parse_leds(text: str) -> tuple[int, int]:
    """Return the first and the last LED for "3" or "0-3". The ValueError says what is allowed."""
    found = _LEDS.fullmatch(text)
    if found is None:
        raise ValueError("an LED such as 3, or some such as 0-3")
    return int(found[1]), int(found[2] or found[1])


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise


@dataclass(frozen=True, slots=True)
class SwitchRelay:
    """Switch a relay. This ends its pulses."""

    relay: str
    """NAME of `[relays.NAME]`."""
    on: bool

    def __str__(self) -> str:
        return f"relay {self.relay} {'on' if self.on else 'off'}"


@dataclass(frozen=True, slots=True)
class SetPwm:
    """Set the pulse-width modulation of a line."""

    line: int
    """BCM number."""
    duty: float
    """Part of each period that the line is high, 0 to 1."""
    frequency_hz: float
    """Frequency in hertz, 1 to 10,000."""

    def __str__(self) -> str:
        return f"PWM line {self.line} at {self.duty * 100:.3g}% of {self.frequency_hz:g} Hz"


@dataclass(frozen=True, slots=True)
class LightLeds:
    """Light one LED or several in a colour, and show it at once."""

    color: Color
    first: int = 0
    """The first LED, from 0."""
    last: int | None = None
    """The last LED; None for the last of the strip."""

    def __str__(self) -> str:
        color = bytes(self.color).hex()
        if self.last is None:
            return f"all LEDs in {color}" if self.first == 0 else f"LEDs from {self.first} in {color}"
        which = f"LED {self.first}" if self.first == self.last else f"LEDs {self.first}-{self.last}"
        return f"{which} in {color}"


Actuation = SwitchRelay | SetPwm | LightLeds
"""A person's use of an output."""
