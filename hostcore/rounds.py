"""Rounds: the readings of all drivers, combined into one JSON object and published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from hostcore.clock import NS_PER_S, Clock, timestamp
from hostcore.events import (
    AdjustedValue,
    LeftOut,
    Level,
    LogWritten,
    Reading,
    ReadingFailed,
    ReadingPublished,
    RoundCompleted,
)
from hostcore.events.readings import ADJUSTED, FAULTY, MARK, STALE, is_error, marked
from hostcore.events.stream import EventStream
from hostcore.place import BusName
from hostcore.round_size import Portion, fitted, portion_of
from hostcore.threads import HostThread


class Rounds:
    """Collects readings. A round ends when every driver has had its turn, or when its time is up.

    A driver that has no turn in a round, because its own interval is longer or its reading takes longer, delays only
    that round. The next rounds do not wait for it until it has read again.

    The first round begins with the first reading, so no round includes building and compiling. If no plugin is a
    driver, it begins when that is known: displays and pages get rounds without readings.

    Args:
        interval: seconds between the starts of two rounds.
        clock: times the rounds.
        stream: receives the readings and the finished rounds.
        broadcast: called with each finished round; must not block.
    """

    def __init__(
        self, interval: float, clock: Clock, stream: EventStream, broadcast: Callable[[RoundCompleted], None]
    ) -> None:
        self._interval_ns = round(interval * NS_PER_S)
        self._clock, self._stream, self._broadcast = clock, stream, broadcast
        self._portions: dict[str, Portion] = {}
        """The last reading or error of each plugin."""
        self._read_ns: dict[str, tuple[int, int]] = {}
        """When each last reading came, and when the next one should have, on the clock. Errors do not grow old."""
        self._told: set[str] = set()
        """Plugins of which the log says that their readings are left out."""
        self._awaited: set[str] = set()
        self._due: set[str] = set()
        self._reported: set[str] = set()
        """Plugins that have read or failed since the last round."""
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._beat: Callable[[], None] = lambda: None
        self._beat_ns: int | None = None
        self._next_beat_ns = 0
        self._thread = HostThread(self._run, "rounds")

    def beat_with(self, beat: Callable[[], None], seconds: float) -> None:
        """Call `beat` on the thread of the rounds as long as it is not stuck. Call this before `start`.

        Each round passes the stream, the supervisor and the actuators, so the beats end if one of these is stuck. A
        plugin that is stuck does not end them.

        Args:
            beat: must not block.
            seconds: the time from one call to the next, more than 0.
        """
        self._beat, self._beat_ns = beat, round(seconds * NS_PER_S)

    def start(self) -> None:
        """Start collecting. The plugins that are there from the start join before."""
        self._thread.start()

    def stop(self) -> None:
        """Stop. The current round is not finished."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def join(self, plugin: str) -> None:
        """Wait for `plugin` in every round."""
        with self._changed:
            self._awaited.add(plugin)
            self._due.add(plugin)
            self._told.discard(plugin)

    def pause(self, plugin: str) -> None:
        """Stop waiting for `plugin` until it joins again. Its last reading or error stays."""
        with self._changed:
            self._awaited.discard(plugin)
            self._due.discard(plugin)
            self._changed.notify_all()

    def leave(self, plugin: str) -> None:
        """Stop waiting for `plugin`, and drop its readings."""
        with self._changed:
            self._awaited.discard(plugin)
            self._due.discard(plugin)
            self._portions.pop(plugin, None)
            self._read_ns.pop(plugin, None)
            self._told.discard(plugin)
            self._changed.notify_all()

    def publish(
        self,
        plugin: str,
        reading: Reading,
        aliases: Mapping[str, Reading] = {},
        *,
        simulated: Sequence[BusName] = (),
        faulty: Sequence[BusName] = (),
        adjusted: tuple[AdjustedValue, ...] = (),
        fresh_seconds: float | None = None,
    ) -> None:
        """Record a driver's reading.

        Args:
            plugin: the driver.
            reading: its reading.
            aliases: parts of the reading under further keys, beside the plugins' names.
            simulated: the simulated buses that the driver has used.
            faulty: the buses on which faults on demand have struck the driver.
            adjusted: the numbers of the reading that are not as the driver measured them.
            fresh_seconds: after this time, the next reading should have come; None if that is not known.
        """
        event = ReadingPublished(self._clock.wall_ns(), plugin, reading, tuple(simulated), tuple(faulty), adjusted)
        self._stream.publish(event)
        self._report(event, reading, aliases, fresh_seconds)

    def fail(self, plugin: str, error: str, simulated: Sequence[BusName] = (), faulty: Sequence[BusName] = ()) -> None:
        """Record a driver's error. `simulated` and `faulty` are those of `publish`."""
        event = ReadingFailed(self._clock.wall_ns(), plugin, error, tuple(simulated), tuple(faulty))
        self._stream.publish(event)
        self._report(event, {"error": error}, {})

    def _report(
        self,
        event: ReadingPublished | ReadingFailed,
        reading: Reading,
        aliases: Mapping[str, Reading],
        fresh_seconds: float | None = None,
    ) -> None:
        plugin, buses = event.plugin, (event.simulated, event.faulty)
        parts = {alias: marked(part, *buses) for alias, part in aliases.items()}
        adjusted = event.adjusted if isinstance(event, ReadingPublished) else ()
        portion = portion_of(plugin, marked(reading, *buses, adjusted), parts)
        with self._changed:
            self._portions[plugin] = portion
            self._read_ns.pop(plugin, None)
            if fresh_seconds is not None:
                now_ns = self._clock.monotonic_ns()
                self._read_ns[plugin] = (now_ns, now_ns + round(fresh_seconds * NS_PER_S))
            self._due.discard(plugin)
            self._reported.add(plugin)
            self._changed.notify_all()

    def _run(self) -> None:
        self._wait(lambda: bool(self._portions) or not self._awaited)
        number, began = 0, self._clock.monotonic_ns()
        while not self._stop.is_set():
            self._wait(lambda: not self._due, began + self._interval_ns)
            if self._stop.is_set():
                return
            number += 1
            self._finish(number)
            began = max(began + self._interval_ns, self._clock.monotonic_ns() - self._interval_ns)
            self._rest(began)

    def _wait(self, is_over: Callable[[], bool], deadline_ns: int | None = None) -> None:
        """Wait until `is_over`, the deadline (None: for ever) or the end of the rounds."""
        moment = None
        while moment is None or moment != deadline_ns:
            moment = self._beaten(deadline_ns)
            left = None if moment is None else max(0, moment - self._clock.monotonic_ns()) / NS_PER_S
            with self._changed:  # not around the beat, which may need a lock whose owner waits for this one
                if self._changed.wait_for(lambda: is_over() or self._stop.is_set(), left):
                    return

    def _rest(self, until_ns: int) -> None:
        """Wait until a moment, or the end of the rounds."""
        moment = None
        while moment != until_ns and not self._stop.is_set():
            moment = self._beaten(until_ns)
            self._clock.wait_until(until_ns if moment is None else moment, self._stop)

    def _beaten(self, deadline_ns: int | None) -> int | None:
        """Beat if it is time. Return the moment to wake up: the deadline, or the next beat if that is earlier."""
        if self._beat_ns is None:
            return deadline_ns
        if (now := self._clock.monotonic_ns()) >= self._next_beat_ns:
            self._beat()
            self._next_beat_ns = now + self._beat_ns
        return self._next_beat_ns if deadline_ns is None else min(deadline_ns, self._next_beat_ns)

    def _finish(self, number: int) -> None:
        now = self._clock.wall_ns()
        with self._changed:
            portions, left_out = fitted(self._portions)
            untold = [each for each in left_out if each.plugin not in self._told]
            self._told.update(each.plugin for each in untold)
            self._due, self._reported = self._awaited & self._reported, set()
            ages = self._ages()
        self._warn(now, untold)
        readings = {"timestamp": timestamp(now), **dict(sorted(_combined(portions, ages).items()))}
        finished = RoundCompleted(now, number, readings, left_out)
        _ = finished.text  # encoded here, once, not by each reader
        self._stream.publish(finished)
        self._broadcast(finished)

    def _ages(self) -> dict[str, int]:
        """Return the age of each stale reading, in whole seconds."""
        now_ns = self._clock.monotonic_ns()
        return {
            plugin: (now_ns - read_ns) // NS_PER_S
            for plugin, (read_ns, until_ns) in self._read_ns.items()
            if now_ns > until_ns
        }

    def _warn(self, now: int, left_out: Iterable[LeftOut]) -> None:
        for each in left_out:
            self._stream.publish(LogWritten(now, each.plugin, Level.WARNING, each.problem, by_host=True))


def _combined(portions: Mapping[str, Portion], ages: Mapping[str, int]) -> dict[str, Reading]:
    """Combine the readings by plugin with the aliases. If both have a key, the plugin's own fields win.

    The marks of `ages` are added, in seconds.
    """
    combined: dict[str, Reading] = {}
    for name in sorted(portions):
        for alias, part in portions[name].aliases.items():
            combined.setdefault(alias, {**part, STALE: ages[name]} if name in ages else part)
    for name, portion in portions.items():
        parts, own = combined.get(name, {}), portion.reading
        simulated, faulty = ({*parts.get(mark, ()), *own.get(mark, ())} for mark in (MARK, FAULTY))
        adjusted = {ADJUSTED: own[ADJUSTED]} if ADJUSTED in own else {}
        stale = {STALE: ages[name]} if name in ages and not is_error(own) else {}
        combined[name] = {**marked({**parts, **own}, sorted(simulated), sorted(faulty)), **adjusted, **stale}
    return combined
