"""The alarms of host.toml as values: what is watched, when it is wrong, and what happens then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from hostcore.quick_dataclass import dataclass


class Trouble(StrEnum):
    """A state of a plugin that an alarm can watch."""

    CRASHED = "crashed"
    """It waits for a new instance after a crash, or is quarantined."""
    QUARANTINED = "quarantined"
    """It crashed too often and does not run any more."""
    FAILING = "failing"
    """It reports only errors."""


_SAID: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.CRASHED: "has crashed",
        Trouble.QUARANTINED: "is quarantined",
        Trouble.FAILING: "reports only errors",
    }
)


@dataclass(frozen=True, slots=True)
class Range:
    """A number must not leave a range."""

    above: float | None = None
    """A larger number is wrong; None for no limit."""
    below: float | None = None
    """A smaller number is wrong; None for no limit."""
    hysteresis: float = 0.0
    """How far within the range the number must be until the alarm is cleared, 0 and up."""

    def is_wrong(self, value: float, *, is_active: bool) -> bool:
        """Whether a number is out of range. With an active alarm, the hysteresis belongs to the outside."""
        slack = self.hysteresis if is_active else 0.0
        is_high = self.above is not None and value > self.above - slack
        return is_high or (self.below is not None and value < self.below + slack)

    def words(self, unit: str) -> str:
        """Return what is wrong, such as ``is above 30 °C``."""
        limits = [("above", self.above), ("below", self.below)]
        return "is " + " or ".join(f"{word} {limit:g}{unit}" for word, limit in limits if limit is not None)


@dataclass(frozen=True, slots=True)
class Rate:
    """A number must not rise or fall too fast."""

    rise: float | None = None
    """A faster rise is wrong, per minute; None for no limit."""
    fall: float | None = None
    """A faster fall is wrong, per minute and positive; None for no limit."""
    hysteresis: float = 0.0
    """How much slower the change must be until the alarm is cleared, per minute, 0 and up."""

    def is_wrong(self, per_minute: float, *, is_active: bool) -> bool:
        """Whether a change is too fast. With an active alarm, the hysteresis belongs to what is too fast."""
        slack = self.hysteresis if is_active else 0.0
        is_rising = self.rise is not None and per_minute > self.rise - slack
        return is_rising or (self.fall is not None and -per_minute > self.fall - slack)

    def words(self, unit: str) -> str:
        """Return what is wrong, such as ``rises by more than 2 °C a minute``."""
        limits = [("rises", self.rise), ("falls", self.fall)]
        told = [f"{word} by more than {limit:g}{unit}" for word, limit in limits if limit is not None]
        return f"{' or '.join(told)} a minute"


@dataclass(frozen=True, slots=True)
class Equals:
    """A value must not be this one."""

    value: bool | str

    def words(self, _unit: str) -> str:
        """Return what is wrong, such as ``is true``."""
        return f"is {str(self.value).lower() if isinstance(self.value, bool) else repr(self.value)}"


@dataclass(frozen=True, slots=True)
class Stale:
    """A value must not stay away for longer."""

    seconds: float

    def words(self, _unit: str) -> str:
        """Return what is wrong, such as ``has had no new value for 60 s``."""
        return f"has had no new value for {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class InTrouble:
    """A plugin must not be in this state."""

    trouble: Trouble

    def words(self, _unit: str) -> str:
        """Return what is wrong, such as ``has crashed``."""
        return _SAID[self.trouble]


Condition = Range | Rate | Equals | Stale | InTrouble


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """``[alarms.NAME]``."""

    name: str
    plugin: str
    """The plugin that it watches."""
    path: tuple[str, ...]
    """The keys down to the value that it watches, as host.toml publishes them; empty for the plugin itself."""
    condition: Condition
    """What is wrong."""
    delay: float = 5.0
    """Seconds for which that must hold before the alarm is raised, 0 and up."""
    clear_delay: float = 5.0
    """Seconds for which all must be well again before the alarm is cleared, 0 and up."""
    message: str = ""
    """What it means, in the person's words; "" for none."""
    bell: bool = True
    """Whether terminals ring their bell when it is raised."""
    relay: str = ""
    """The relay that is on until it is cleared; "" for none."""
    led: int | None = None
    """The LED that is red until it is cleared; None for none."""

    @property
    def subject(self) -> str:
        """What it watches, such as ``bme680.temperature``."""
        return ".".join((self.plugin, *self.path))

    def sentence(self, unit: str) -> str:
        """Return what holds while it is raised, such as ``bme680.temperature is above 30 °C``.

        Args:
            unit: the unit of the value; "" if it has none.
        """
        space = "" if unit in ("", "%", "°") else " "
        return f"{self.subject} {self.condition.words(space + unit)}"
