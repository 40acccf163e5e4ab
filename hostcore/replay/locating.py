"""Finds the line in which a plugin died, by a replay that reports every step. It touches no hardware."""

from __future__ import annotations

import threading
from contextlib import closing

from hostcore.errors import HostError
from hostcore.recording.model import Call, Ending, Recording
from hostcore.replay.answering import RUN
from hostcore.replay.player import Player
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import TRACE, Played, Run, Tracing
from hostcore.runtime.loader import Runtime
from hostcore.runtime.tracing import Observer, TracedPlace


def place_of_death(runtime: Runtime, recording: Recording, stopping: threading.Event) -> TracedPlace | None:
    """Find out where the last call of a recording died.

    Blocks for about one call's time limit where the plugin computed for too long, and otherwise for milliseconds.

    Args:
        runtime: runs the replay.
        recording: ends with the death. Only Python in the shared runtime can be traced. A script is not: its one call
            may have lasted for days.
        stopping: ends the replay.

    Returns:
        The place, or what the replay did instead. None if the recording cannot be traced, or the replay was stopped.
    """
    death = _death(recording)
    if death is None or death.ending is None or recording.header.source is None or recording.problem:
        return None
    header, source = recording.header, recording.header.source
    observer = Observer(header.file, source, header.limits.call_seconds)
    player = Player(header, recording.all_calls, stack=observer.stack)
    tracing = Tracing(recording.total - 1, TRACE, header.limits.call_seconds)
    try:
        prepared = prepared_of(runtime, header)
        run = Run(runtime, prepared, recording, player=player, tracing=tracing, stopping=stopping)
        with closing(run):
            last = _last(run)
    except HostError as error:
        return TracedPlace("", f"A replay to find the line of the crash failed: {error}")
    if stopping.is_set():
        return None
    found = observer.found(str(death.ending.kind)) if _died_alike(last, death.ending) else None
    return found or TracedPlace("", f"A replay to find the line of the crash {_instead(last)}")


def _death(recording: Recording) -> Call | None:
    calls = recording.all_calls
    return calls[-1] if calls and calls[-1].function != RUN else None


def _last(run: Run) -> Played | None:
    last = None
    for part in (run.beginning, run.newest):
        for last in part():
            if last.divergence is not None:
                return last
    return last


def _died_alike(last: Played | None, ending: Ending) -> bool:
    return last is not None and isinstance(last.result, Ending) and last.result.kind == ending.kind


def _instead(last: Played | None) -> str:
    if last is None or not isinstance(last.result, Ending):
        return "ended by itself"
    if last.divergence is not None:
        return f"did something else in call {last.divergence.call}"
    return f"ended in another way: {last.result.problem}"
