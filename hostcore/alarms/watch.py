"""Watches the events of a host for alarms, on a thread of its own, behind the stream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from hostcore.alarms.acknowledged import AcknowledgedFile
from hostcore.alarms.book import Advice, AlarmBook, Moment, Told
from hostcore.alarms.model import AlarmRule
from hostcore.errors import DefectError, HostError
from hostcore.events import (
    HOST,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    Event,
    Level,
    LogWritten,
    PluginReloaded,
    ReadingFailed,
    ReadingPublished,
    StateChanged,
    ValuesDescribed,
)
from hostcore.events.stream import EventStream, Subscription
from hostcore.log.safe_text import log_line
from hostcore.threads import HostThread

Watched = ReadingPublished | ReadingFailed | StateChanged | PluginReloaded | ValuesDescribed
WATCHED = (ReadingPublished, ReadingFailed, StateChanged, PluginReloaded, ValuesDescribed)
"""The events that matter to alarms."""
PERIOD = 0.5
"""Seconds between two looks, and the longest delay of an alarm. A burst of readings costs one look."""
CAPACITY = 10_000
"""Events that may wait for a look. If there are more, the oldest are lost; newer ones say how things are."""
END_SECONDS = 1.0
"""Seconds for which the end of the thread is awaited."""


class Signals(Protocol):
    """What alarms switch."""

    def show(self, relays: Mapping[str, str], leds: frozenset[int]) -> None:
        """Switch exactly these on, each relay for the alarm named beside it.

        Called at every look, so what failed is tried again. Never raises or blocks long.
        """


class AlarmWatch:
    """The alarms of a running host. Thread-safe. Without alarms it has no thread and takes no events.

    Args:
        stream: has the events, and takes those of the alarms.
        signals: the relays and LEDs.
        earlier: returns the events before now, oldest first, as far as the host has them.
        kept: has the alarms that were acknowledged when the host ended before, and takes those of now.
    """

    def __init__(
        self, stream: EventStream, signals: Signals, earlier: Callable[[], Iterable[Event]], kept: AcknowledgedFile
    ) -> None:
        self._stream, self._signals, self._earlier, self._kept = stream, signals, earlier, kept
        self._saved = kept.read()
        self._book = AlarmBook(self._saved)
        self._lock = threading.Lock()
        """Guards the book, and keeps its events in order."""
        self._looked_ns = stream.clock.monotonic_ns()
        self._settings: object = None
        """What was set last."""
        self._subscription: Subscription | None = None
        self._stopping = threading.Event()
        self._thread = HostThread(self._run, "alarms")
        self._defect: DefectError | None = None

    def set(self, rules: Sequence[AlarmRule], settings: object = None) -> None:
        """Watch for these alarms from now on, instead of those before. Does not block.

        Args:
            rules: the alarms.
            settings: those of the plugins, on which the values depend. If nothing has changed, nothing happens.

        Raises:
            NoThreadError: the thread cannot be started.
        """
        is_idle = self._defect or not (rules or self._subscription)
        if is_idle or (rules, settings) == self._settings:
            return
        self._settings = rules, settings
        if self._subscription is None:
            self._subscription = self._stream.subscribe(*WATCHED, capacity=CAPACITY)
            self._thread.start()
        with self._lock:
            now = self._now()
            self._tell(self._book.set(rules, now))
            for event in _newest(self._earlier()):
                self._tell(self._book.take(event, now))

    def raised(self) -> tuple[AlarmRaised, ...]:
        """Return the alarms that are raised, the most urgent first."""
        with self._lock:
            return self._book.raised

    def acknowledge(self, alarm: str) -> None:
        """Take in that a person has seen an alarm. Does not block.

        Raises:
            HostError: there is no such alarm, it is not raised, or a defect has ended the alarms.
        """
        with self._lock:
            if self._defect:
                raise HostError(f"no alarm is watched until the host is started again: {self._defect}")
            done = self._book.acknowledge(alarm, self._now())
            self._tell([done] if done else [])

    def stop(self) -> bool:
        """Stop the thread. Blocks for a second at most. Returns whether it has ended."""
        self._stopping.set()
        if self._subscription is not None:
            self._subscription.close()
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(PERIOD):
                self._look()
                self._save()
            self._save()
        except Exception as defect:  # noqa: BLE001 - an alarm that nobody watches must not stay in sight for ever
            self._end(DefectError(defect))

    def _look(self) -> None:
        subscription = self._subscription
        events = [each.event for each in subscription.take(0)] if subscription else []
        with self._lock:
            now = self._now()
            for event in events:
                if isinstance(event, WATCHED):
                    self._tell(self._book.take(event, self._moment_of(event, now)))
            self._tell(self._book.look(now))
            self._looked_ns = now.monotonic_ns
            rules = self._book.active_rules
        relays = {each.relay: each.name for each in reversed(rules) if each.relay}
        self._signals.show(relays, frozenset(each.led for each in rules if each.led is not None))

    def _save(self) -> None:
        """Write what is acknowledged, if that has changed: on this thread, because a disk can be slow."""
        with self._lock:
            now = self._book.acknowledged
        if now == self._saved:
            return
        self._saved = now  # a disk that is full is not tried again twice a second
        try:
            self._kept.write(now)
        except OSError as error:
            problem = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
            self._log(Level.WARNING, f"acknowledged alarms are not saved; they ring again after a restart: {problem}")

    def _end(self, defect: DefectError) -> None:
        with self._lock:
            self._defect = defect
            self._log(Level.ERROR, f"the alarms have ended until the host is started again: {defect}")
            self._tell(self._book.set((), self._now()))
        self._signals.show({}, frozenset())

    def _now(self) -> Moment:
        clock = self._stream.clock
        return Moment(clock.monotonic_ns(), clock.wall_ns())

    def _moment_of(self, event: Watched, now: Moment) -> Moment:
        """When an event happened. It was after the last look, even if the wall clock has been set since then."""
        at_ns = now.monotonic_ns - (now.wall_ns - event.time_ns)
        return Moment(max(self._looked_ns, min(at_ns, now.monotonic_ns)), event.time_ns)

    def _tell(self, changes: Iterable[Told]) -> None:
        for change in changes:
            if isinstance(change, Advice):
                self._log(Level.WARNING, change.text)
                continue
            self._stream.publish(change)
            match change:
                case AlarmRaised() if change.is_new:
                    seen = "; acknowledged before the host was started" if change.acknowledged_ns else ""
                    self._log(Level.WARNING, f"alarm {change.alarm.name}: {change.words}{seen}")
                case AlarmAcknowledged():
                    self._log(Level.INFO, f"alarm {change.alarm.name} is acknowledged")
                case AlarmCleared():
                    self._log(Level.INFO, f"alarm {change.alarm.name} is over: {change.alarm.sentence}")

    def _log(self, level: Level, text: str) -> None:
        self._stream.publish(LogWritten(self._stream.clock.wall_ns(), HOST, level, log_line(text), by_host=True))


def _newest(events: Iterable[Event]) -> Iterable[StateChanged | ValuesDescribed]:
    """Return the present state and quantities of each plugin. An alarm that is set later must know them, too."""
    found = {(type(each), each.plugin): each for each in events if isinstance(each, StateChanged | ValuesDescribed)}
    return found.values()
