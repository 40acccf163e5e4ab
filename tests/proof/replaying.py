"""``python -m tests.proof.replaying FOLDER CACHE``: replays all recordings in a folder, in a process of its own.

It writes ``NUMBER.replayed`` beside each ``NUMBER.recording``. The environment says on which day: see `another_day`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hostcore.actuators import Actuators
from hostcore.buses.shared import Buses
from hostcore.clock import RealClock
from hostcore.compat.demo.readings import Poll, gather
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Level
from hostcore.hostcall import Err
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import log_line
from hostcore.plugin.gate import host_gate
from hostcore.recording.contents import read_recording
from hostcore.recording.file import SUFFIX
from hostcore.recording.model import Crossing, Ending, Recording
from hostcore.replay.answering import LOG
from hostcore.replay.player import Player
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Played, Run
from hostcore.replay.transfers import transfer_of
from hostcore.runtime.demo_plugins import polls
from hostcore.runtime.json_reading import reading_of
from hostcore.runtime.loader import Runtime
from hostcore.wasi.stdio import STDERR, WRITES
from hostcore.workshop import Workshop
from tests.proof.told import Told

REPLAYED = ".replayed"


def main() -> None:
    """Replay them all, and print how many calls there were and how many were exact."""
    folder, cache_folder = Path(sys.argv[1]), Path(sys.argv[2])
    buses = Buses({}, RealClock())
    outputs = Actuators(None, (), buses=buses, host=host_gate(buses, lambda _event: None), publish=lambda _event: None)
    runtime = Runtime(cache_folder, RealClock(), buses, Workshop(), actuators=outputs)
    calls = exact = 0
    for file in sorted(folder.rglob(f"*{SUFFIX}")):
        played, as_recorded = _replay(runtime, file)
        calls, exact = calls + played, exact + as_recorded
    runtime.close()
    print(calls, exact)


def _replay(runtime: Runtime, file: Path) -> tuple[int, int]:
    recording = read_recording(file.read_bytes())
    prepared = prepared_of(runtime, recording.header, component=file.with_name("component.wasm"))
    told, calls, exact = _Retold(recording, polls(prepared.linked)), 0, 0
    player = Player(recording.header, (*recording.beginning, *recording.calls), seen=told.crossed)
    told.player = player
    with closing(Run(runtime, prepared, recording, player=player)) as run:
        for part in (run.beginning, run.newest):
            for played in part():
                told.called(played)
                calls, exact = calls + 1, exact + played.is_exact
    file.with_suffix(REPLAYED).write_text(told.told.text(), encoding="utf-8")
    return calls, exact


class _Clock(RealClock):
    """Stands where the recording is, so that the log drops the same lines."""

    def __init__(self, told: _Retold) -> None:
        self.monotonic_ns = lambda: told.now_ns


class _Retold:
    """Tells of a replay what was told of the plugin."""

    def __init__(self, recording: Recording, polled: Sequence[Poll]) -> None:
        self._polls, self._answers = {each.function: each for each in polled}, list[tuple[Poll, Any]]()
        self.told, self._header, self.now_ns = Told(), recording.header, recording.header.began_ns
        self._log = PluginLog(self.told.log, _Clock(self))
        self._calls = iter((*recording.beginning, *recording.calls))
        self.player: Player | None = None

    def crossed(self, crossing: Crossing) -> None:
        """A host function has answered."""
        call = self.player._call
        self.now_ns = call.began_ns + (crossing.at_us + crossing.took_us) * 1000
        transfer = transfer_of(self._header, call, crossing)
        if transfer is not None:
            self.told.append(transfer)
        name, arguments = self._header.imports[crossing.slot], crossing.arguments
        if name == LOG:
            self._log.write(Level[arguments[0].upper()], arguments[1])
        elif name in WRITES:
            self._log.output(Level.WARNING if arguments[0].rep == STDERR else Level.INFO, arguments[1])

    def called(self, played: Played) -> None:
        """A call has ended."""
        self._log.flush()
        if played.divergence is not None:
            self.told.lines.append(f"diverged {played.divergence}")
        try:
            self._result(played.recorded.function, played.result)
        except PluginReportedError as error:
            self.told.reported(error)

    def _result(self, function: str, result: object) -> None:
        name = self._header.plugin
        if isinstance(result, Ending):
            kind = result.kind.value if result.kind else "stopped"
            self.told.crashed(PluginCrashedError(name, result.problem, kind=kind, traceback=result.traceback))
        elif isinstance(result, Err):
            raise PluginReportedError(name, log_line(str(result.value)))
        elif function == "driver#read":
            self.told.reading(self._reading(str(result)))
        elif function in self._polls:
            self._answers.append((self._polls[function], result))
            if len(self._answers) == len(self._polls):
                self.told.reading(self._reading(json.dumps(gather(self._answers).reading)))
                self._answers.clear()
        elif function.endswith("update"):
            self.told.shown()
        elif function.endswith("render"):
            self.told.page(str(result))

    def _reading(self, text: str) -> object:
        size, most = len(text.encode()), self._header.limits.reading_bytes
        if size > most:
            problem = f"the reading has {size} bytes; {most} are allowed (reading_bytes)"
            raise PluginReportedError(self._header.plugin, problem)
        try:
            return reading_of(text)
        except ValueError as problem:
            raise PluginReportedError(self._header.plugin, f"the reading {problem}") from None


if __name__ == "__main__":
    main()
