"""LEDs, relays and modulated GPIO lines."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class LedsShown:
    """The LED strip was updated, and at least one colour changed."""

    time_ns: int
    plugin: str
    """The plugin that showed the colours, or set one last; "" for the host and for a person."""
    colors: tuple[tuple[int, int, int], ...]
    """Red, green and blue of every LED, 0 to 255."""
    is_simulated: bool = False
    """Whether the strip is on a bus of the simulated Pi."""
    by_person: bool = False
    """Whether a person did it on a screen, a page or with a command, and no plugin."""
    through: str = ""
    """What stands for the person: "a command over MQTT" or "a screen over MQTT", behind which there may be a program;
    "" for a screen, a page or a command of this computer."""


@dataclass(frozen=True, slots=True)
class RelaySwitched:
    """A relay was switched on or off."""

    time_ns: int
    plugin: str
    """The plugin that switched it; "" for the host and for a person."""
    relay: str
    """NAME of `[relays.NAME]`."""
    on: bool
    is_simulated: bool = False
    """Whether the relay's line is on a bus of the simulated Pi."""
    by_person: bool = False
    """Whether a person did it on a screen, a page or with a command, and no plugin."""
    alarm: str = ""
    """The alarm for which the host switched it; "" if it did so for none. When it goes off, the last one that wanted it
    on."""
    through: str = ""
    """As of `LedsShown`."""


@dataclass(frozen=True, slots=True)
class PwmSet:
    """The pulse-width modulation of a GPIO line was set."""

    time_ns: int
    plugin: str
    """The plugin that set it; "" for the host and for a person."""
    line: int
    """BCM number."""
    duty: float
    """Part of each period that the line is high, 0 to 1."""
    frequency_hz: float
    """Frequency in hertz."""
    is_simulated: bool = False
    """Whether the line is on a bus of the simulated Pi."""
    by_person: bool = False
    """Whether a person did it on a screen, a page or with a command, and no plugin."""
    through: str = ""
    """As of `LedsShown`."""
