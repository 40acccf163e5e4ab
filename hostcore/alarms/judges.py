"""Judges: each says of one alarm's condition whether it holds, event by event."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

from hostcore.adjustments.paths import ABSENT, value_at
from hostcore.alarms.model import AlarmRule, Equals, InTrouble, Range, Rate, Stale, Trouble
from hostcore.clock import NS_PER_S
from hostcore.events import PluginReloaded, ReadingFailed, ReadingPublished, State, StateChanged
from hostcore.events.life import FAILING

PluginEvent = ReadingPublished | ReadingFailed | StateChanged | PluginReloaded
"""The events about one plugin that a judge looks at."""
WINDOW_NS = 60 * NS_PER_S
"""How far back a rate of change reaches, nanoseconds. The noise of a sensor is no change."""
SHORTEST_NS = WINDOW_NS // 2
"""How long values must have come until their rate is judged, nanoseconds."""
MOST_SAMPLES = WINDOW_NS // NS_PER_S + 2
"""Values behind a rate: one for each second."""
_ENDED_WELL = frozenset({State.RUNNING, State.STOPPED})
_LOADING = frozenset({State.DISCOVERED, State.LOADING})
_CRASHED = frozenset({State.BACKOFF, State.QUARANTINED})


class Judge(Protocol):
    """Says whether a condition holds. Times are monotonic, in nanoseconds."""

    @property
    def value(self) -> float | None:
        """The newest number that it watches; None if it watches none, or the newest reading has none."""

    def take(self, event: PluginEvent, at_ns: int, *, is_active: bool) -> bool | None:
        """Return whether the condition holds after an event of the plugin.

        Args:
            event: the event.
            at_ns: when it happened.
            is_active: whether the alarm is raised.

        Returns:
            None if the event does not tell.
        """

    def look(self, at_ns: int) -> bool | None:
        """Return whether the condition holds now; None if only an event can tell."""


def judge_of(rule: AlarmRule, at_ns: int) -> Judge:
    """Return the judge of an alarm that is set now."""
    match rule.condition:
        case Range() as condition:
            return _Numbers(rule.path, condition.is_wrong)
        case Rate() as condition:
            return _Rates(rule.path, condition)
        case Equals(value):
            return _Values(rule.path, value)
        case Stale(seconds):
            return _Silence(rule.path, round(seconds * NS_PER_S), at_ns)
        case InTrouble(Trouble.FAILING):
            return _Failures()
        case InTrouble(trouble):
            return _States(_CRASHED if trouble is Trouble.CRASHED else frozenset({State.QUARANTINED}))


def _number_in(event: PluginEvent, path: tuple[str, ...]) -> float | None:
    """Return the number at a path of a reading; None if there is none, or it is not finite."""
    found = value_at(event.reading, path) if isinstance(event, ReadingPublished) else None
    if not isinstance(found, int | float) or isinstance(found, bool):
        return None
    try:
        return float(found) if math.isfinite(found) else None
    except OverflowError:
        return None


class _ByEvents:
    """Only an event of the plugin tells whether the condition holds, not the time."""

    value: float | None = None

    def look(self, _at_ns: int) -> None:
        return None


class _Numbers(_ByEvents):
    def __init__(self, path: tuple[str, ...], is_wrong: Callable[..., bool]) -> None:
        self._path, self._is_wrong = path, is_wrong

    def take(self, event: PluginEvent, _at_ns: int, *, is_active: bool) -> bool | None:
        if not isinstance(event, ReadingPublished | ReadingFailed):
            return None
        self.value = _number_in(event, self._path)
        return None if self.value is None else self._is_wrong(self.value, is_active=is_active)


class _Rates(_ByEvents):
    """The slope of the line that fits the last minute best."""

    def __init__(self, path: tuple[str, ...], condition: Rate) -> None:
        self._path, self._condition = path, condition
        self._samples: deque[tuple[int, float]] = deque(maxlen=MOST_SAMPLES)

    def take(self, event: PluginEvent, at_ns: int, *, is_active: bool) -> bool | None:
        if isinstance(event, PluginReloaded):
            self._samples.clear()  # another version may measure in another way
        if not isinstance(event, ReadingPublished | ReadingFailed):
            return None
        self.value = _number_in(event, self._path)
        if self.value is None:
            return None
        self._add(at_ns, self.value)
        if self._samples[-1][0] - self._samples[0][0] < SHORTEST_NS:
            return None
        per_minute = _per_minute(self._samples)
        return self._condition.is_wrong(per_minute, is_active=is_active) if math.isfinite(per_minute) else None

    def _add(self, at_ns: int, value: float) -> None:
        """Keep the newest value of each second of the last minute. Of a slow sensor, keep two values in any case."""
        samples = self._samples
        if len(samples) > 1 and samples[-1][0] // NS_PER_S == at_ns // NS_PER_S:
            samples.pop()
        samples.append((at_ns, value))
        while len(samples) > 2 and at_ns - samples[0][0] > WINDOW_NS:
            samples.popleft()


def _per_minute(samples: deque[tuple[int, float]]) -> float:
    """The slope by least squares. It is not finite if the values are too large for that."""
    start_ns, first = samples[0]
    times = [(at_ns - start_ns) / WINDOW_NS for at_ns, _ in samples]
    values = [value - first for _, value in samples]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    slope = sum([(time - middle) * (value - mean) for time, value in zip(times, values, strict=True)])
    return slope / sum([(time - middle) ** 2 for time in times])


class _Values(_ByEvents):
    def __init__(self, path: tuple[str, ...], value: bool | str) -> None:
        self._path, self._value = path, value

    def take(self, event: PluginEvent, _at_ns: int, *, is_active: bool) -> bool | None:
        found = value_at(event.reading, self._path) if isinstance(event, ReadingPublished) else None
        return found == self._value if isinstance(found, bool | str) else None


class _Silence:
    """A value that does not come is told by the time alone. Before the first one, the time begins with the alarm.

    The time that a plugin takes to load at first is not silence: a small computer compiles its runtime meanwhile.
    """

    value = None

    def __init__(self, path: tuple[str, ...], longest_ns: int, at_ns: int) -> None:
        self._path, self._longest_ns, self._last_ns = path, longest_ns, at_ns
        self._is_loading = self._has_loaded = False

    def take(self, event: PluginEvent, at_ns: int, *, is_active: bool) -> bool | None:
        if isinstance(event, StateChanged):
            self._change(event.after, at_ns)
            return None
        if not isinstance(event, ReadingPublished) or not _is_value(value_at(event.reading, self._path)):
            return self.look(at_ns)
        self._last_ns = at_ns
        return False

    def look(self, at_ns: int) -> bool | None:
        return True if not self._is_loading and at_ns - self._last_ns >= self._longest_ns else None

    def _change(self, state: State, at_ns: int) -> None:
        was_loading, self._is_loading = self._is_loading, state in _LOADING and not self._has_loaded
        if was_loading and not self._is_loading:
            self._has_loaded, self._last_ns = True, at_ns


def _is_value(found: object) -> bool:
    return found is not ABSENT and found is not None and not (isinstance(found, float) and math.isnan(found))


class _Failures(_ByEvents):
    def __init__(self) -> None:
        self._count = 0

    def take(self, event: PluginEvent, _at_ns: int, *, is_active: bool) -> bool | None:
        match event:
            case ReadingPublished():
                self._count = 0
                return False
            case ReadingFailed():
                self._count += 1
                return True if self._count >= FAILING else None
        return None


class _States:
    """The state of a plugin holds until it changes. While the plugin is loaded again, nobody knows how that ends."""

    value = None

    def __init__(self, wrong: frozenset[State]) -> None:
        self._wrong = wrong
        self._holds: bool | None = None

    def take(self, event: PluginEvent, at_ns: int, *, is_active: bool) -> bool | None:
        if isinstance(event, StateChanged):
            if event.after in self._wrong:
                self._holds = True
            elif event.after in _ENDED_WELL | _CRASHED:
                self._holds = False
        return self._holds

    def look(self, _at_ns: int) -> bool | None:
        return self._holds
