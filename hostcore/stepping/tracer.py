"""Traces the replay of a recording, window by window."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing

from hostcore.chips.library import Library
from hostcore.errors import RecordingError
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Call, Ending, Recording
from hostcore.replay.answering import Answering
from hostcore.replay.following import Following
from hostcore.replay.player import Player
from hostcore.replay.prepared import limits_of
from hostcore.replay.running import TRACE_STEPS, Played, Run, Tracing
from hostcore.replay.versions import is_recorded_version
from hostcore.runtime.loader import Runtime
from hostcore.runtime.prepared import Prepared
from hostcore.stepping.collecting import Collector
from hostcore.stepping.trace import Trace

LAST_CALLS = 16
"""Most calls of the last window, which a person waits for."""
WINDOW_CALLS = 32
"""Most calls of the others."""
MOST_KEPT = 128 << 20
"""Bytes of the windows that are kept, without the newest one."""
LINGERS_S = 2.0
"""Most seconds for which a call is traced that the host ended while the plugin computed."""
PATIENCE_S = 60.0
"""Seconds for the steps that are left out of a call. They take about 3 µs each on a laptop."""
_TOLD_NS = 200_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a trace is."""

    call: int
    """The call under way, from 0."""
    calls: int
    """Number of calls of the recording, so 1 more than the number of the last."""
    steps: int
    """Steps traced up to now; 0 while it plays the calls before the window."""


class Tracer:
    """Traces one version of a plugin on a recording. Each window is traced once and kept (up to `MOST_KEPT`).

    Args:
        runtime: runs the replay.
        prepared: the plugin: as it was recorded, or changed (`hostcore.replay.prepared.prepared_of`).
        recording: the recording.
        chips: the chip files to guess answers with that a changed plugin needs; None to end at the first divergence.

    Raises:
        RecordingError: this plugin cannot be traced, because it is a component, or the recording has no call. Says what
            can be done.
    """

    def __init__(
        self, runtime: Runtime, prepared: Prepared, recording: Recording, *, chips: Library | None = None
    ) -> None:
        name = recording.header.plugin
        if prepared.source is None:
            raise RecordingError(
                f"{name}: it is a component, and only Python in the shared runtime can be stepped through; "
                "wasi-host replay without --step shows its calls and transfers"
            )
        self._runtime, self._prepared, self._recording, self._chips = runtime, prepared, recording, chips
        self._lock = threading.Lock()
        self._windows: OrderedDict[tuple[int, int], Trace] = OrderedDict()
        self._splits: set[int] = set()
        """Numbers of calls that begin a window because the one before would be too long."""
        self._skips: dict[int, int] = {}
        """Steps to leave out of calls that are too long for a window of their own."""
        if not self.calls:
            raise RecordingError(f"{name}: the recording has no call to step through")

    @property
    def calls(self) -> range:
        """Numbers of the calls that can be traced. Others are before the checkpoint."""
        first = 1 if self._recording.checkpoint is None else self._recording.checkpoint.calls
        return range(first, self._recording.total)

    def window(
        self,
        call: int | None = None,
        *,
        stopping: threading.Event | None = None,
        progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> Trace | None:
        """The trace with this call in it; by default with the last call, which crashed if one did.

        Blocks for seconds if it is not kept: call it on a thread of your own. One thread at a time traces; others wait.

        Args:
            call: number of the call, of `calls`.
            stopping: ends the tracing within 0.2 s when it is set.
            progress: is told a few times a second, on this thread.

        Returns:
            The trace; None if it was stopped. `Trace.calls` says which calls it has: the next window begins after it.
            If the plugin does not get to the call, it is the trace of the call in which it ended.

        Raises:
            RecordingError: the plugin does not start, the recording is damaged, or the call is not of `calls`.
            HostError: it cannot be traced, because it uses every tool of `sys.monitoring` itself.
        """
        number = self.calls[-1] if call is None else call
        if number not in self.calls:
            raise RecordingError(
                f"call {number} cannot be traced; calls {self.calls[0]} to {self.calls[-1]} of the recording can be"
            )
        with self._lock:
            kept = self._kept(number)
            return kept or self._traced(number, stopping or threading.Event(), progress)

    def _kept(self, number: int) -> Trace | None:
        for key, trace in self._windows.items():
            if key[0] <= number <= key[1]:
                self._windows.move_to_end(key)
                return trace
        return None

    def _traced(self, number: int, stopping: threading.Event, progress: Callable[[Progress], None]) -> Trace | None:
        """Trace the window of a call. One that is too long for its bounds is split."""
        while True:
            first, last = self._span(number)
            collector = self._run(first, last, stopping, progress)
            if stopping.is_set():
                return None
            if collector.last < first:
                number = self._ended_at(collector)
                continue
            cut = collector.full_at
            if cut is None or collector.is_final:
                return self._keep((first, last), collector.trace())
            if cut > first:
                self._splits.add(cut)
            else:
                self._splits.add(first + 1)
                self._skips[first] = collector.surplus

    def _ended_at(self, collector: Collector) -> int:
        """The call in which the plugin ended, before the wanted window: a changed one may."""
        if collector.last not in self.calls:
            raise RecordingError(
                f"{self._recording.header.plugin}: it ends in call {collector.last}, before the first call that can be "
                f"stepped through ({self.calls[0]})"
            )
        return collector.last

    def _span(self, number: int) -> tuple[int, int]:
        """The first and the last call of the window of a call."""
        calls = self.calls
        regular = range(calls.stop - LAST_CALLS, calls.start, -WINDOW_CALLS)
        edges = {calls.start, calls.stop, *regular, *self._splits}
        return max(each for each in edges if each <= number), min(each for each in edges if each > number) - 1

    def _keep(self, span: tuple[int, int], trace: Trace) -> Trace:
        self._windows[span] = trace
        while len(self._windows) > 1 and sum(each.bytes for each in self._windows.values()) > MOST_KEPT + trace.bytes:
            self._windows.popitem(last=False)
        return trace

    def _run(self, first: int, last: int, stopping: threading.Event, progress: Callable[[Progress], None]) -> Collector:
        """Play the recording up to a call, and trace it from another one on."""
        telling = _Telling(progress, self._recording.total)
        collector = Collector(
            self._prepared,
            self._recording,
            first,
            wheels=self._runtime.wheels,
            skips=self._skips.get(first, 0),
            told=telling.steps,
        )
        collector.player = player = self._player(collector)
        lingers_s = min(LINGERS_S, limits_of(self._recording.header).call_seconds)

        def began(number: int, call: Call) -> None:
            telling.call(number)
            collector.begin(number, call)

        tracing = Tracing(
            first,
            TRACE_STEPS,
            lingers_s,
            began=began,
            patience_s=PATIENCE_S if first in self._skips else 0.0,
            reports=lambda: collector.reported,
        )
        run = Run(self._runtime, self._prepared, self._recording, player=player, tracing=tracing, stopping=stopping)
        with closing(run):
            for part in (run.beginning, run.newest):
                for played in part():
                    collector.end(played)
                    if collector.full_at is not None or played.number >= last or _is_last(played):
                        return collector
        return collector

    def _player(self, collector: Collector) -> Answering:
        recording, prepared = self._recording, self._prepared
        if is_recorded_version(prepared, recording):
            return Player(
                recording.header, recording.all_calls, seen=collector.seen, step=collector.step, lets_say=True
            )
        imports = [each.name for each in prepared.linked.imports]
        return Following(recording, imports, chips=self._chips, seen=collector.seen, step=collector.step)


def _is_last(played: Played) -> bool:
    """Whether nothing can follow: the instance is dead, or it asks for what nobody can answer."""
    return isinstance(played.result, Ending) or played.has_left


class _Telling:
    """Tells the progress a few times a second.

    Args:
        progress: is told.
        calls: number of all calls.
    """

    def __init__(self, progress: Callable[[Progress], None], calls: int) -> None:
        self._progress, self._calls = progress, calls
        self._call = self._steps = self._told_ns = 0

    def call(self, number: int) -> None:
        """A call begins."""
        self._call = number
        self._tell()

    def steps(self, count: int) -> None:
        """Tell how many steps have been traced."""
        self._steps = count
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic_ns()
        if now - self._told_ns >= _TOLD_NS:
            self._told_ns = now
            self._progress(Progress(self._call, self._calls, self._steps))
