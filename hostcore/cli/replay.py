"""``wasi-host replay``: runs the plugin of a recording again, without the hardware."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostcore.actuators import Actuators
from hostcore.buses.shared import Buses
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.replay_lines import call_lines, divergence_lines, head
from hostcore.clock import RealClock
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.errors import CommandLineError, RecordingError
from hostcore.events import TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.files import read_bounded
from hostcore.hostcall import Err
from hostcore.parts import crash_store
from hostcore.parts import runtime as runtime_of
from hostcore.plugin.gate import host_gate
from hostcore.recording.model import Crossing, Ending, Recording
from hostcore.replay.prepared import is_same_component, prepared_of
from hostcore.replay.reading import recording_in
from hostcore.replay.running import Played, Run
from hostcore.replay.transfers import transfer_of
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin_file import MAX_SOURCE
from hostcore.workshop import Workshop

CRASH = "crash"
"""The word before the number of a crash report."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a recording is replayed."""

    last: int | None = 5
    """How many calls are shown; None for all."""
    changed: Path | None = None
    """Another version of the driver; None for the recorded one."""
    component: Path | None = None
    """The file of a plugin that is a component."""
    as_json: bool = False
    """Whether each call is printed as a line of JSON."""


def replay(config_file: Path | None, what: str, number: int | None, options: ReplayOptions) -> int:
    """Replay a recording, and print its last calls. Blocks as long as it takes, usually a hundredth of its time.

    Args:
        config_file: the settings file that the person named, if any. Only its folders are used.
        what: the file of a recording, or ``crash``.
        number: the crash report, from 1 (the newest) on.
        options: how.

    Returns:
        0; 1 if the replay left the recording, or the recording is not whole.

    Raises:
        HostError: there is no such recording, or it cannot be replayed.
    """
    config = find_and_load(config_file)
    recording = recording_in(_file(config, what, number))
    if not options.as_json:
        for line in head(recording):
            say(line)
    with _runtime(config) as runtime:
        return _replayed(runtime, recording, options)


def _file(config: Config, what: str, number: int | None) -> Path:
    if what != CRASH:
        if number is not None:
            raise CommandLineError(f"a number belongs to a crash: wasi-host replay {CRASH} {number}")
        return Path(what)
    store = crash_store(config)
    found, wanted = store.reports(), number or 1
    if not 1 <= wanted <= len(found):
        there_are = f"1 to {len(found)}, 1 is the newest" if found else f"none in {store.folder}"
        raise RecordingError(f"there is no crash report {wanted}; there are {there_are}")
    stored = found[wanted - 1]
    if stored.recording is None:
        raise RecordingError(
            f"crash report {wanted} has no recording: none was made, or it was deleted to make room for newer ones "
            "([recording] in host.toml)"
        )
    return stored.recording


@contextmanager
def _runtime(config: Config) -> Iterator[Runtime]:
    """Make a context with a runtime that has no bus and no output."""
    clock, progress = RealClock(), TerminalProgress()
    buses = Buses({}, clock)
    outputs = Actuators(None, (), buses=buses, host=host_gate(buses, lambda _event: None), publish=lambda _event: None)
    runtime = runtime_of(config, clock, buses, Workshop(progress), outputs, warn=progress.line)
    try:
        yield runtime
    finally:
        runtime.close()


def _replayed(runtime: Runtime, recording: Recording, options: ReplayOptions) -> int:
    source = None if options.changed is None else _source(options.changed)
    prepared = prepared_of(runtime, recording.header, component=options.component, source=source)
    if not is_same_component(prepared, recording.header):
        say("it was recorded with another runtime, so the replay is approximate", is_result=False)
    crossings: list[Crossing] = []
    shown = deque[tuple[Played, list[Crossing]]](maxlen=options.last)
    began, counted, last = time.monotonic(), Counted(), None
    with closing(Run(runtime, prepared, recording, seen=crossings.append)) as run:
        for last in _until_divergence(run):
            shown.append((last, crossings[:]))
            crossings.clear()
            counted.add(last)
    for played, crossed in shown:
        _print(recording, played, crossed, as_json=options.as_json)
    counted.seconds = time.monotonic() - began
    return _conclude(recording, last, counted, as_json=options.as_json)


def _source(file: Path) -> str:
    try:
        return read_bounded(file, MAX_SOURCE).decode("utf-8-sig")
    except OSError as error:
        raise RecordingError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RecordingError(f"{file} is not UTF-8 text (byte {error.start})") from None


def _until_divergence(run: Run) -> Iterator[Played]:
    """Play the calls, up to the first that leaves the recording."""
    for part in (run.beginning, run.newest):
        for played in part():
            yield played
            if played.divergence is not None:
                return


def _print(recording: Recording, played: Played, crossings: list[Crossing], *, as_json: bool) -> None:
    header = recording.header
    found = (transfer_of(header, played.recorded, each) for each in crossings)
    transfers = [each for each in found if each is not None]
    if as_json:
        print(json.dumps(_as_json(played, transfers)))
    else:
        for line in call_lines(played, transfers):
            say(line)


def _as_json(played: Played, transfers: list[TransferCompleted]) -> dict[str, Any]:
    result = played.result
    crash = isinstance(result, Ending)
    return {
        "call": played.number,
        "function": played.recorded.function,
        "began_ns": played.recorded.began_ns,
        "took_us": played.recorded.took_us,
        "is_exact": played.is_exact,
        "result": result if isinstance(result, str) else None,
        "error": str(result.value) if isinstance(result, Err) else None,
        "crash": {"kind": result.kind, "problem": result.problem, "traceback": result.traceback} if crash else None,
        "transfers": [to_json(each) for each in transfers],
    }


@dataclass(slots=True)
class Counted:
    """The calls of a replay."""

    calls: int = 0
    other: int = 0
    """Those with another result than in the recording."""
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """Count a call."""
        self.calls += 1
        self.other += not played.has_same_result


def _conclude(recording: Recording, last: Played | None, counted: Counted, *, as_json: bool) -> int:
    if last is not None and last.divergence is not None:
        if not as_json:
            for line in divergence_lines(last.divergence, recording.header):
                say(line)
        return 1
    recorded_s = sum(call.took_us for call in (*recording.beginning, *recording.calls)) / 1e6
    if not as_json:
        results = f"{counted.other:,} with another result" if counted.other else "all as recorded"
        say(f"replayed {counted.calls:,} calls in {counted.seconds:.2f} s, {results} (they took {recorded_s:.2f} s)")
    return 1 if recording.problem or counted.other else 0
