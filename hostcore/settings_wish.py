"""What a person can change of host.toml from a front end, beside permissions: a value's calibration, and its alarm."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """Shifts all further values, with the filter `offset` of [plugins.NAME.adjust]."""

    plugin: str
    path: tuple[str, ...]
    """The keys down to the value, as host.toml publishes it."""
    shift: float
    """What is added to the published value, in its unit; not 0, finite."""


@dataclass(frozen=True, slots=True)
class RangeAlarm:
    """Watches a value: the table of [alarms] with its range. It replaces the range of the alarm that watches it now."""

    plugin: str
    path: tuple[str, ...]
    """The keys down to the value, as host.toml publishes it."""
    below: float | None = None
    """A smaller value raises the alarm; None for no such limit. Without limits, nothing watches the value any more."""
    above: float | None = None
    """A larger value raises the alarm; None for no such limit."""


SettingsWish = Calibration | RangeAlarm
