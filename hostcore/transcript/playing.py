"""Plays a transcript to a driver: in the sandbox, in virtual time, and without any hardware."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.access.decisions import Access
from hostcore.actuators import Actuators
from hostcore.buses.shared import Buses
from hostcore.config.model import Config
from hostcore.errors import PluginCrashedError, PluginError, PluginReportedError
from hostcore.events import Level, Reading
from hostcore.log.plugin_log import PluginLog
from hostcore.parts import runtime as runtime_of
from hostcore.permissions import parse_permission
from hostcore.plugin.gate import host_gate
from hostcore.plugin.kit import Kit
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.transcript.machine import ScriptedMachine, measured_in
from hostcore.transcript.model import Call, CallKind, Transcript
from hostcore.transcript.script import Script
from hostcore.trial.clock import TrialClock
from hostcore.workshop import Workshop

Log = Callable[[Level, str], None]


@dataclass(frozen=True, slots=True)
class Played:
    """A call that was played."""

    call: Call
    reading: Reading | None = None
    """What a read returned."""
    error: str | None = None
    """The error that the driver reported."""
    crash: str = ""
    """Why it crashed; "" if it did not."""
    traceback: str = ""
    """The traceback of the driver's language; "" if there is none."""
    divergence: str = ""
    """The first transfer that was not the recorded one, in one line; "" if all were."""
    line: int = 0
    """The line of the transcript that this concerns, from 1 on; 0 if there is no file."""


def played(
    config: Config,
    transcript: Transcript,
    driver: Path,
    *,
    source: str | None = None,
    workshop: Workshop | None = None,
    log: Log = lambda _level, _line: None,
) -> Generator[Played, None, None]:
    """Play a transcript to a driver, up to the first call that crashes or leaves it. Close it if you stop before.

    Blocks for some milliseconds for each call; the first time, for as long as the Python runtime is built and compiled.

    Args:
        config: settings; only its folders are used.
        transcript: the transcript.
        driver: the driver's file.
        source: the Python of the driver, if it is not to be read from its file.
        workshop: builds and compiles.
        log: takes the driver's log lines.

    Raises:
        PluginError: the file is no driver.
        HostError: the Python runtime could not be made.
    """
    clock = TrialClock(wall_start_ns=transcript.began_ns)
    script = Script(clock, driver.name)
    spec = PluginSpec(
        driver.stem,
        driver,
        tuple(map(parse_permission, transcript.permissions)),
        transcript.limits,
        transcript.settings,
    )
    with _sandbox(config, transcript, script, clock, workshop or Workshop()) as runtime:
        kit = Kit(Access(spec.name, spec.permissions), None, runtime.limit(spec), script.completed)
        prepared = runtime.prepare(spec, source)
        yield from _Driver(script, lambda: runtime.start(prepared, kit, PluginLog(log, clock))).play(transcript)


@contextmanager
def _sandbox(
    config: Config, transcript: Transcript, script: Script, clock: TrialClock, workshop: Workshop
) -> Iterator[Runtime]:
    """Make a context with a runtime whose buses are those of the script."""
    transfers = [each for call in transcript.calls for each in call.transfers]
    machine = ScriptedMachine(script, clock, measured_in(transfers))
    names = dict.fromkeys((*transcript.buses, *(each.place.bus for each in transfers)))
    buses = Buses(dict.fromkeys(names, machine), clock)
    outputs = Actuators(None, (), buses=buses, host=host_gate(buses, script.completed), publish=script.completed)
    runtime = runtime_of(config, clock, buses, workshop, outputs, warn=lambda _text: None)
    try:
        yield runtime
    finally:
        outputs.stop()
        runtime.close()
        buses.close()


class _Driver:
    """The driver that is played to."""

    def __init__(self, script: Script, load: Callable[[], Plugin]) -> None:
        self._script, self._load = script, load
        self._plugin: Plugin | None = None

    def play(self, transcript: Transcript) -> Iterator[Played]:
        """Play the calls."""
        try:
            for call in transcript.calls:
                done = self._played(call)
                yield done
                if done.crash or done.divergence:
                    return
        finally:
            if self._plugin is not None:
                self._plugin.close()

    def _played(self, call: Call) -> Played:
        self._script.begin(call)
        reading, error, crash, traceback = None, None, "", ""
        try:
            reading = self._called(call)
        except PluginReportedError as reported:
            error = reported.problem
        except PluginCrashedError as crashed:
            crash, traceback = crashed.problem, crashed.traceback
        if not crash:
            self._script.end()
        line = self._script.line or call.line
        return Played(call, reading, error, crash, traceback, self._script.divergence, line)

    def _called(self, call: Call) -> Reading | None:
        if call.kind is CallKind.LOAD:
            self._plugin = self._load()
            return None
        plugin = self._plugin
        assert plugin is not None, "the load comes first"
        wanted = "driver" if call.kind is CallKind.READ else "display"
        if wanted not in plugin.provides:
            raise PluginError(plugin.name, f"it is no {wanted}, and the transcript has '{call.kind}'")
        if call.kind is CallKind.READ:
            return plugin.read()
        plugin.update(call.given)
        return None
