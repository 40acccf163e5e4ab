"""All alarms of a host: a fold of events and time into what people are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hostcore.alarms.acknowledged import Acknowledged
from hostcore.alarms.judges import Judge, PluginEvent, judge_of
from hostcore.alarms.model import AlarmRule, Range, Rate
from hostcore.alarms.search import Search
from hostcore.alarms.standing import Standing, Step
from hostcore.clock import NS_PER_S
from hostcore.errors import HostError
from hostcore.events import (
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    ReadingFailed,
    ReadingPublished,
    ValuesDescribed,
)
from hostcore.log.safe_text import log_line
from hostcore.quantities import Catalog
from hostcore.quick_dataclass import dataclass, replace

RESTATE_NS = 30 * NS_PER_S
"""What is raised is said again after this time, in nanoseconds, for front ends that have lost events."""
SET_NS = 10 * RESTATE_NS
"""All alarms are named again after this time, in nanoseconds. Front ends keep them when they lose events."""
AlarmEvent = AlarmsSet | AlarmRaised | AlarmAcknowledged | AlarmCleared


@dataclass(frozen=True, slots=True)
class Advice:
    """A mistake that a person has likely made in an alarm. It is no event."""

    text: str
    """One line, safe for a terminal."""


Told = AlarmEvent | Advice


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on both clocks. Delays are measured on the first, so a clock that is set does not end or begin them."""

    monotonic_ns: int
    wall_ns: int


@dataclass(slots=True)
class _Entry:
    rule: AlarmRule
    judge: Judge
    standing: Standing
    search: Search
    raised: AlarmRaised | None = None
    """As it was told last; None if it is not active."""
    seen_ns: int = 0
    """When a person acknowledged it while the host ran before, if it may have held since then; otherwise 0."""
    is_simulated: bool = False
    is_injected: bool = False


class AlarmBook:
    """The alarms, and the state of each. For one thread at a time; it has no clock: each call tells it the time.

    Args:
        acknowledged: the alarms that were acknowledged when the host ended before, by name. They stay so if the first
            verdict on each is that it holds.
    """

    def __init__(self, acknowledged: Mapping[str, Acknowledged] | None = None) -> None:
        self._before = dict(acknowledged or {})
        self._entries: dict[str, _Entry] = {}
        self._catalog = Catalog()
        self._restated_ns = self._set_ns = 0
        self._told: tuple[Alarm, ...] = ()

    @property
    def raised(self) -> tuple[AlarmRaised, ...]:
        """Those that are active, the most urgent first."""
        active = [each.raised for each in self._entries.values() if each.raised]
        return tuple(sorted(active, key=lambda each: each.urgency))

    @property
    def acknowledged(self) -> dict[str, Acknowledged]:
        """Those that a person has seen and that may hold, by name, for the book of the next start of the host."""
        seen = {
            name: each.raised.acknowledged_ns if each.raised else each.seen_ns for name, each in self._entries.items()
        }
        return {name: Acknowledged(self._entries[name].rule.sentence(""), at) for name, at in seen.items() if at}

    @property
    def active_rules(self) -> tuple[AlarmRule, ...]:
        """The rules of those that are active."""
        return tuple(each.rule for each in self._entries.values() if each.raised)

    def set(self, rules: Sequence[AlarmRule], now: Moment) -> list[AlarmEvent]:
        """Take the alarms of host.toml. One that has not changed keeps its state, any other begins again.

        Values that were adjusted in another way until now say nothing about how fast they change.
        """
        before, self._entries = self._entries, {}
        for rule in rules:
            entry = before.get(rule.name)
            if entry is None or entry.rule != rule:
                entry = _Entry(rule, judge_of(rule, now.monotonic_ns), Standing(rule), Search(rule))
                known = self._before.get(rule.name)
                entry.seen_ns = known.time_ns if known and known.sentence == rule.sentence("") else 0
            elif isinstance(rule.condition, Rate):
                entry.judge = judge_of(rule, now.monotonic_ns)
            self._entries[rule.name] = entry
        self._before = {}
        self._catalog.keep({rule.plugin for rule in rules})
        gone = [each for name, each in before.items() if self._entries.get(name) is not each]
        cleared = [AlarmCleared(now.wall_ns, each.raised.alarm) for each in gone if each.raised]
        self._restated_ns = now.monotonic_ns
        return [*cleared, self._all(now)]

    def take(self, event: PluginEvent | ValuesDescribed, at: Moment) -> Iterator[Told]:
        """Take in an event that happened at this moment."""
        if isinstance(event, ValuesDescribed):
            if event.plugin in {each.rule.plugin for each in self._entries.values()}:
                self._catalog.describe(event.plugin, event.values)
            if self._alarms != self._told:  # their units are known now
                yield self._all(at)
            return
        for entry in self._entries.values():
            if entry.rule.plugin == event.plugin:
                yield from self._taken(entry, event, at)

    def look(self, now: Moment) -> Iterator[AlarmEvent]:
        """Take in that it is now, and that all events until now have been taken."""
        for entry in self._entries.values():
            holds = entry.judge.look(now.monotonic_ns)
            if holds is not None:
                yield from self._judged(entry, holds, now)
        if now.monotonic_ns - self._set_ns >= SET_NS:
            yield self._all(now)
        if now.monotonic_ns - self._restated_ns >= RESTATE_NS:
            self._restated_ns = now.monotonic_ns
            yield from self._restated(now)

    def acknowledge(self, name: str, now: Moment) -> AlarmAcknowledged | None:
        """Take in that a person has seen an alarm. Returns None if it was acknowledged before.

        Raises:
            HostError: there is no such alarm, or it is not raised.
        """
        entry = self._entries.get(name)
        if entry is None:
            listed = f"only these: {', '.join(self._entries)}" if self._entries else "and no other"
            raise HostError(f"host.toml has no alarm {log_line(name, 60)}, {listed}")
        if entry.raised is None:
            raise HostError(f"the alarm {name} is not raised, so there is nothing to acknowledge")
        if entry.raised.acknowledged_ns:
            return None
        entry.standing.acknowledge()
        entry.raised = replace(entry.raised, acknowledged_ns=now.wall_ns)
        return AlarmAcknowledged(now.wall_ns, entry.raised.alarm)

    def _taken(self, entry: _Entry, event: PluginEvent, at: Moment) -> Iterator[Told]:
        if isinstance(event, ReadingPublished | ReadingFailed):
            entry.is_simulated, entry.is_injected = bool(event.simulated), bool(event.faulty)
        holds = entry.judge.take(event, at.monotonic_ns, is_active=entry.standing.state.is_active)
        if isinstance(event, ReadingPublished) and (problem := entry.search.take(event.reading)):
            yield Advice(problem)
        if holds is not None:
            yield from self._judged(entry, holds, at)
        elif isinstance(event, ReadingPublished | ReadingFailed):
            entry.standing.doubt()

    def _judged(self, entry: _Entry, holds: bool, at: Moment) -> Iterator[AlarmEvent]:
        if not holds:
            entry.seen_ns = 0
        match entry.standing.judge(holds, at.monotonic_ns):
            case Step.RAISED:
                entry.raised = AlarmRaised(
                    at.wall_ns,
                    self._alarm(entry.rule),
                    at.wall_ns,
                    entry.judge.value,
                    entry.seen_ns,
                    is_simulated=entry.is_simulated,
                    is_injected=entry.is_injected,
                )
                if entry.seen_ns:
                    entry.standing.acknowledge()
                    entry.seen_ns = 0
                yield entry.raised
            case Step.CLEARED if entry.raised:
                yield AlarmCleared(at.wall_ns, entry.raised.alarm)
                entry.raised = None

    def _restated(self, now: Moment) -> Iterator[AlarmRaised]:
        for entry in self._entries.values():
            if entry.raised and entry.raised.time_ns != now.wall_ns:  # otherwise it would be new twice
                entry.raised = replace(
                    entry.raised,
                    time_ns=now.wall_ns,
                    value=entry.judge.value,
                    is_simulated=entry.is_simulated,
                    is_injected=entry.is_injected,
                )
                yield entry.raised

    @property
    def _alarms(self) -> tuple[Alarm, ...]:
        return tuple([self._alarm(each.rule) for each in self._entries.values()])

    def _all(self, now: Moment) -> AlarmsSet:
        self._told, self._set_ns = self._alarms, now.monotonic_ns
        return AlarmsSet(now.wall_ns, self._told)

    def _alarm(self, rule: AlarmRule) -> Alarm:
        unit = self._catalog.of(rule.plugin, rule.path).unit if rule.path else ""
        bounds = rule.condition if isinstance(rule.condition, Range) else Range()
        return Alarm(
            rule.name,
            log_line(rule.sentence(unit)),
            log_line(rule.message),
            rule.plugin,
            log_line(".".join(rule.path)),
            log_line(unit),
            rule.bell,
            bounds.above,
            bounds.below,
        )
