"""Alarms of host.toml: which there are, and what happens to them."""

from __future__ import annotations

from enum import StrEnum

from hostcore.quick_dataclass import dataclass


class AlarmState(StrEnum):
    """The state of an alarm."""

    INACTIVE = "inactive"
    """Its condition has not held since the host started, or since the alarm was set."""
    PENDING = "pending"
    """Its condition holds, but for less than its delay. Nobody is told."""
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    """It is raised, and a person has seen it."""
    CLEARED = "cleared"
    """It was raised, and its condition holds no longer."""

    @property
    def is_active(self) -> bool:
        """Whether it is raised, acknowledged or not."""
        return self in {AlarmState.RAISED, AlarmState.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm for people."""

    name: str
    """NAME of `[alarms.NAME]`."""
    sentence: str
    """What holds while it is raised: one line, safe for a terminal."""
    message: str = ""
    """What it means, in the words of host.toml; "" if it says nothing. One line, safe for a terminal."""
    plugin: str = ""
    """The plugin that it watches."""
    reading: str = ""
    """The keys down to the value that it watches, joined by points; "" for the plugin itself."""
    unit: str = ""
    """The unit of that value; "" if it has none."""
    has_bell: bool = True
    """Whether terminals ring their bell when it is raised."""
    above: float | None = None
    """A larger value raises it, in `unit`; None for no such limit."""
    below: float | None = None
    """A smaller value raises it, in `unit`; None for no such limit."""


@dataclass(frozen=True, slots=True)
class AlarmsSet:
    """These are all alarms now. Said at the start, when host.toml or a unit has changed, and from time to time."""

    time_ns: int
    alarms: tuple[Alarm, ...]
    """In the order of host.toml."""


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """An alarm is raised, or the host says again that it is."""

    time_ns: int
    alarm: Alarm
    since_ns: int
    """When it was raised. The condition began to hold earlier by the delay of the alarm."""
    value: float | None = None
    """The newest number that it watches; None if it watches no number."""
    acknowledged_ns: int = 0
    """When a person acknowledged it; 0 if nobody has."""
    is_simulated: bool = False
    """Whether what it watches may depend on a simulated bus."""
    is_injected: bool = False
    """Whether faults on demand had struck the plugin."""

    @property
    def state(self) -> AlarmState:
        """Raised or acknowledged."""
        return AlarmState.ACKNOWLEDGED if self.acknowledged_ns else AlarmState.RAISED

    @property
    def is_new(self) -> bool:
        """Whether the alarm has just been raised. Otherwise the host says again what holds."""
        return self.time_ns == self.since_ns

    @property
    def words(self) -> str:
        """All of it for a person: what holds, the newest number, whether that is real, and what it means."""
        alarm = self.alarm
        told = [] if self.value is None else [f"{self.value:g} {alarm.unit}".rstrip()]
        told += (["simulated"] if self.is_simulated else []) + (["faults on demand"] if self.is_injected else [])
        details = f" ({', '.join(told)})" if told else ""
        return f"{alarm.sentence}{details}" + (f": {alarm.message}" if alarm.message else "")

    @property
    def urgency(self) -> tuple[bool, int]:
        """Sorts alarms: first those that nobody has acknowledged, and of these the oldest."""
        return bool(self.acknowledged_ns), self.since_ns


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    """A person has seen an alarm. It stays raised until it is cleared."""

    time_ns: int
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class AlarmCleared:
    """The condition of an alarm holds no longer, or host.toml has no such alarm any more."""

    time_ns: int
    alarm: Alarm
