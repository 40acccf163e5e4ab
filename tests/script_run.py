"""Runs a script in a sandbox until it has slept a number of times, or has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hostcore.buses.call_limit import TimeLimit
from hostcore.errors import PluginCrashedError
from hostcore.runtime.printed_reading import PrintedReading
from tests.sandbox import Sandbox

NEVER = 1 << 62


@dataclass
class ScriptRun:
    """What a script did."""

    readings: list[dict[str, Any]] = field(default_factory=list)
    """Its reading at each sleep and at its end, if it has printed a value since the last one."""
    has_ended: bool = False
    """Whether it came to its end; otherwise it was stopped."""


class _Attendant:
    def __init__(self, run: ScriptRun, reading: PrintedReading, stop: Callable[[], None], sleeps: int) -> None:
        self._run, self._reading, self._stop, self._left = run, reading, stop, sleeps

    def printed(self) -> None:
        """Nothing needs to be done."""

    def waits(self) -> int:
        self.take()
        self._left -= 1
        if self._left < 0:
            self._stop()
        return NEVER

    def goes_on(self) -> None:
        """Nothing needs to be done."""

    def take(self) -> None:
        if (newest := self._reading.newest()) is not None:
            self._run.readings.append(dict(newest))


def run_script(
    sandbox: Sandbox, source: str | Path, *permissions: str, sleeps: int = 20, times: int = 1, **options: object
) -> ScriptRun:
    """Run a script from its source or its file, `times` times. Raises what it dies of or reports.

    Args:
        sandbox: runs it.
        source: its text or its file.
        permissions: as in host.toml.
        sleeps: it is stopped after this number of sleeps.
        times: how often it runs.
        options: see `Sandbox.load_file`.
    """
    limit = TimeLimit(sandbox.clock, 5.0)
    load = sandbox.load_file if isinstance(source, Path) else sandbox.load
    plugin = load(source, *permissions, limit=limit, **options)  # type: ignore[operator]
    assert plugin.provides == {"script"}
    run, reading = ScriptRun(), PrintedReading(65_536)
    attendant = _Attendant(run, reading, limit.stop, sleeps)
    try:
        for _ in range(times):
            plugin.run(reading, attendant)
        run.has_ended = True
    except PluginCrashedError as crash:
        if crash.kind != "stopped":
            raise
    attendant.take()
    return run
