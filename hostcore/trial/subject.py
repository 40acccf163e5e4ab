"""The driver of a trial: gets its turns as the host gives them, and starts again after a crash."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from hostcore.buses.call_limit import CallLimit
from hostcore.clock import NS_PER_S
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Level
from hostcore.events.event_json import json_text
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import log_line
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.supervisor.restarts import CrashWindow, RestartPolicy
from hostcore.supervisor.schedule import Schedule
from hostcore.trial.model import Ending, Run, Turn
from hostcore.trial.pi import TrialPi
from hostcore.trial.readings import numbers_of
from hostcore.trial.script_turns import ScriptTurns

ROUND = json_text({"thermometer": {"temperature": 21.5, "humidity": 46.0}})
"""What a display is given to show."""
IsOver = Callable[[Sequence[Turn], float], bool]
"""Tells from the turns so far and the time in seconds whether a run is over."""


class Subject:
    """One driver on one simulated Pi. `stop` can be called from any thread; the rest is for one thread.

    Args:
        pi: the simulated Pi.
        spec: the driver.
        interval: seconds between two turns.
        policy: when it starts again after a crash.
        is_over: ends the run.

    Raises:
        PluginError: its file cannot be used.
    """

    def __init__(self, pi: TrialPi, spec: PluginSpec, interval: float, policy: RestartPolicy, is_over: IsOver) -> None:
        self._pi, self._clock, self._spec = pi, pi.clock, spec
        self._policy, self._crashes, self._chance = policy, CrashWindow(policy), random.Random(0)
        self._is_over = is_over
        self._schedule = Schedule(interval)
        self._prepared = pi.runtime.prepare(spec)
        self._turns: list[Turn] = []
        self._plugin: Plugin | None = None
        self._limit: CallLimit | None = None
        self._stopping = threading.Event()
        self._is_quarantined = False
        self._last_line, self._struck = "", 0

    def stop(self) -> None:
        """End the run soon."""
        self._stopping.set()
        if (limit := self._limit) is not None:
            limit.stop()

    def run(self) -> Run:
        """Give the driver turns until the run is over, it is quarantined, or `stop` is called. Blocks until then.

        Raises:
            PluginError: its file cannot be used.
        """
        try:
            while not (self._stopping.is_set() or self._is_quarantined or self._ends()):
                if self._plugin is None:
                    self._guard(self._load)
                else:
                    self._wait_for_turn()
                    self._guard(self._take_turn)
        finally:
            self._close()
        return Run(tuple(self._turns), self._pi.uses, tuple(self._pi.denied), self._is_quarantined)

    def _ends(self) -> bool:
        return self._is_over(self._turns, self._clock.seconds)

    def _guard(self, step: Callable[[], None]) -> None:
        began_s = self._clock.seconds
        try:
            step()
        except PluginReportedError as error:
            self._add(began_s, Ending.REPORTED, problem=error.problem)
        except PluginCrashedError as error:
            self._close()
            if not (self._limit is not None and self._limit.stopped):
                ending = Ending.HUNG if error.kind == CrashKind.DEADLINE else Ending.CRASHED
                self._add(began_s, ending, problem=error.problem)
                self._back_off()

    def _load(self) -> None:
        kit = self._pi.kit(self._spec)
        self._limit = kit.limit
        if self._stopping.is_set():
            kit.limit.stop()
        limits = self._spec.limits
        log = PluginLog(self._logged, self._clock, limits.log_lines_per_second, limits.log_line_length)
        self._plugin = self._pi.runtime.start(self._prepared, kit, log)
        self._schedule.restart()

    def _wait_for_turn(self) -> None:
        self._clock.wait_until(self._schedule.due_ns(), self._stopping)
        self._schedule.take(self._clock.monotonic_ns())

    def _take_turn(self) -> None:
        plugin, began_s = self._plugin, self._clock.seconds
        assert plugin is not None, "a turn needs an instance"
        if "script" in plugin.provides:
            self._run_script(plugin)
            return
        values = numbers_of(plugin.read()) if "driver" in plugin.provides else {}
        if "display" in plugin.provides:
            plugin.update(ROUND)
        self._add(began_s, Ending.ANSWERED, values=values)

    def _run_script(self, plugin: Plugin) -> None:
        reading = PrintedReading(plugin.reading_bytes)
        turns = ScriptTurns(reading, self._clock, self._add_of_script, self._attend)
        try:
            plugin.run(reading, turns)
        finally:
            turns.end()

    def _add_of_script(self, began_s: float, values: dict[str, float] | None) -> None:
        if values is None:
            self._add(began_s, Ending.REPORTED, problem=self._last_line)
        else:
            self._add(began_s, Ending.ANSWERED, values=values)

    def _attend(self) -> None:
        if self._limit is not None and self._ends():
            self._limit.stop()

    def _add(
        self, began_s: float, ending: Ending, *, values: dict[str, float] | None = None, problem: str = ""
    ) -> None:
        is_struck, self._struck = self._pi.struck > self._struck, self._pi.struck
        self._turns.append(Turn(began_s, self._clock.seconds, ending, values or {}, log_line(problem), is_struck))

    def _back_off(self) -> None:
        now_ns = self._clock.monotonic_ns()
        self._is_quarantined = self._crashes.add(now_ns)
        delay_s = self._policy.delay(self._crashes.recent(now_ns), self._chance)
        self._clock.wait_until(now_ns + round(delay_s * NS_PER_S), self._stopping)

    def _close(self) -> None:
        before, self._plugin = self._plugin, None
        if before is not None:
            before.close()

    def _logged(self, _level: Level, text: str) -> None:
        self._last_line = text
