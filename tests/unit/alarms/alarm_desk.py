"""A book of alarms with a clock that tests move."""

from __future__ import annotations

from typing import Any

from hostcore.alarms.book import Advice, AlarmBook, AlarmEvent, Moment
from hostcore.alarms.model import AlarmRule, Condition, Range
from hostcore.events import AlarmsSet, PluginReloaded, ReadingFailed, ReadingPublished, State, StateChanged

S = 1_000_000_000
START_NS = 1_704_110_400 * S
WARM = Range(above=30.0, hysteresis=1.0)


def rule(condition: Condition = WARM, **fields: Any) -> AlarmRule:
    """An alarm on ``air.t``, without delays unless told otherwise."""
    wanted: dict[str, Any] = {"name": "warm", "plugin": "air", "path": ("t",), "delay": 0.0, "clear_delay": 0.0}
    return AlarmRule(condition=condition, **{**wanted, **fields})


class Desk:
    """A book and what it has told so far, without `AlarmsSet`."""

    def __init__(self, *rules: AlarmRule) -> None:
        self.seconds = 100.0
        self.wall_offset = 0.0
        self.book = AlarmBook()
        self.told: list[AlarmEvent] = []
        self.advice: list[str] = []
        self.set(*rules)

    @property
    def now(self) -> Moment:
        """Now on both clocks."""
        return Moment(round(self.seconds * S), START_NS + round((self.seconds + self.wall_offset) * S))

    def set(self, *rules: AlarmRule) -> None:
        """Give the book these alarms."""
        self._tell(self.book.set(rules, self.now))

    def wait(self, seconds: float) -> None:
        """Let time pass, with two looks a second."""
        for _ in range(round(seconds * 2)):
            self.seconds += 0.5
            self._tell(self.book.look(self.now))

    def read(self, *values: object, every: float = 2.0) -> None:
        """Let the plugin publish these values one after the other, each after `every` seconds."""
        for value in values:
            self.wait(every)
            self.publish({"t": value})

    def publish(self, reading: dict[str, Any]) -> None:
        """Let the plugin publish a reading now."""
        self._tell(self.book.take(ReadingPublished(self.now.wall_ns, "air", reading), self.now))

    def reload(self) -> None:
        """Let a new version of the plugin take over now."""
        self._tell(self.book.take(PluginReloaded(self.now.wall_ns, "air", "abc"), self.now))

    def fail(self) -> None:
        """Let the plugin report an error now."""
        self._tell(self.book.take(ReadingFailed(self.now.wall_ns, "air", "no answer"), self.now))

    def become(self, state: State) -> None:
        """Let the plugin change its state now."""
        self._tell(self.book.take(StateChanged(self.now.wall_ns, "air", State.RUNNING, state, ""), self.now))

    @property
    def story(self) -> list[str]:
        """The names of the changes that were told; what was said again is left out."""
        changes = [each for each in self.told if not hasattr(each, "since_ns") or each.time_ns == each.since_ns]
        return [type(each).__name__.removeprefix("Alarm") for each in changes]

    @property
    def is_raised(self) -> bool:
        """Whether an alarm is raised."""
        return bool(self.book.raised)

    def _tell(self, changes: Any) -> None:
        for each in changes:
            if isinstance(each, Advice):
                self.advice.append(each.text)
            elif not isinstance(each, AlarmsSet):
                self.told.append(each)
