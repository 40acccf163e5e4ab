"""The alarms of host.toml, and how each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostcore.events import (
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    AlarmState,
    ConnectionRestored,
    EventsDropped,
)
from hostcore.events.event_json import to_json
from hostcore.quick_dataclass import dataclass, replace
from hostcore.view.part import Part, Takers


def alarm_json(raised: AlarmRaised, state: AlarmState) -> dict[str, Any]:
    """An alarm for JSON: the fields of `Alarm` and of `AlarmRaised`, and ``state``."""
    times = {key: value for key, value in to_json(raised).items() if key not in {"alarm", "time_ns"}}
    return {**to_json(raised.alarm), "state": state, **times}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The range that a value must not leave, in its unit."""

    below: float | None = None
    """A smaller value raises an alarm; None for no such limit."""
    above: float | None = None
    """A larger value raises an alarm; None for no such limit."""

    def __bool__(self) -> bool:
        """Whether there is a limit."""
        return self.below is not None or self.above is not None

    def hold(self, value: float) -> bool:
        """Whether a value is in the range."""
        return (self.below is None or value >= self.below) and (self.above is None or value <= self.above)


class Alarms(Part):
    """All alarms, and those that are raised.

    Attributes:
        revision: grows whenever they change.
        bell_ns: when the newest alarm with a bell was raised; 0 before the first. It is less than before if the host's
            clock was set back.
    """

    def __init__(self) -> None:
        self._set: dict[str, Alarm] = {}
        self._active: dict[str, AlarmRaised] = {}
        self._sorted: tuple[AlarmRaised, ...] = ()
        self._cleared: set[str] = set()
        self._rung: dict[str, int] = {}
        """When each alarm was raised for which the bell rang. It rings once for each time, told again or not."""
        self.bell_ns = self.revision = 0

    def __bool__(self) -> bool:
        """Whether any is raised."""
        return bool(self._active)

    def takes(self) -> Takers:
        return {
            AlarmsSet: self.set,
            AlarmRaised: self.raise_,
            AlarmAcknowledged: self.acknowledge,
            AlarmCleared: self.clear,
            EventsDropped: self.forget,
            ConnectionRestored: self.meet,
        }

    def raised(self) -> tuple[AlarmRaised, ...]:
        """Those that are raised: first those that nobody has acknowledged, and of these the oldest."""
        return self._sorted

    def unacknowledged(self) -> tuple[AlarmRaised, ...]:
        """Those that are raised and that nobody has acknowledged, the oldest first."""
        return tuple(each for each in self._sorted if not each.acknowledged_ns)

    def subjects(self) -> frozenset[tuple[str, str]]:
        """What the raised alarms are about: plugins, and keys joined by points; "" for a plugin itself."""
        return frozenset((each.alarm.plugin, each.alarm.reading) for each in self._sorted)

    def bounds_of(self, plugin: str, reading: str) -> Bounds:
        """The range that a value must not leave: the narrowest of all alarms about it."""
        about = [each for each in self._set.values() if (each.plugin, each.reading) == (plugin, reading)]
        lows = [each.below for each in about if each.below is not None]
        highs = [each.above for each in about if each.above is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))

    def states(self) -> Iterator[tuple[Alarm, AlarmState]]:
        """Every alarm of host.toml, in its order, and how it is."""
        for alarm in self._set.values():
            yield alarm, self._state(alarm.name)

    def json(self) -> list[dict[str, Any]]:
        """Every alarm of host.toml for JSON. One that is not raised has the times 0."""
        return [
            alarm_json(self._active.get(alarm.name, AlarmRaised(0, alarm, 0)), state) for alarm, state in self.states()
        ]

    def set(self, event: AlarmsSet) -> None:
        """These are all alarms now. Others are gone."""
        self._set = {each.name: each for each in event.alarms}
        self._cleared &= self._set.keys()
        self._rung = {name: at for name, at in self._rung.items() if name in self._set}
        if self._active.keys() - self._set.keys():
            self._active = {name: each for name, each in self._active.items() if name in self._set}
            self._changed()

    def raise_(self, event: AlarmRaised) -> None:
        """An alarm is raised, or still is."""
        before = self._active.get(event.alarm.name)
        self._cleared.discard(event.alarm.name)
        if event.alarm.has_bell and not event.acknowledged_ns and self._rung.get(event.alarm.name) != event.since_ns:
            self._rung[event.alarm.name] = self.bell_ns = event.since_ns
        if before is None or replace(before, time_ns=event.time_ns) != event:
            self._active[event.alarm.name] = event
            self._changed()

    def acknowledge(self, event: AlarmAcknowledged) -> None:
        """A person has seen an alarm."""
        if (raised := self._active.get(event.alarm.name)) is not None:
            self._active[event.alarm.name] = replace(raised, acknowledged_ns=event.time_ns)
            self._changed()

    def clear(self, event: AlarmCleared) -> None:
        """The condition of an alarm holds no longer."""
        self._cleared.add(event.alarm.name)
        if self._active.pop(event.alarm.name, None) is not None:
            self._changed()

    def forget(self, _lost: EventsDropped) -> None:
        """Some may be cleared, and nobody would say so. The others are raised again within a minute."""
        self._active.clear()
        self._changed()

    def meet(self, event: ConnectionRestored) -> None:
        """A host that was started again says which alarms there are."""
        if event.is_new_host:
            self._set.clear()
            self._cleared.clear()
            self._active.clear()
            self._changed()

    def _state(self, name: str) -> AlarmState:
        if (raised := self._active.get(name)) is not None:
            return raised.state
        return AlarmState.CLEARED if name in self._cleared else AlarmState.INACTIVE

    def _changed(self) -> None:
        self._sorted = tuple(sorted(self._active.values(), key=lambda each: each.urgency))
        self.revision += 1
