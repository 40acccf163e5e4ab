"""A plugin's calls, counted and timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.runtime.plugin import Plugin
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.kits import Connections

MEMORY_NS = 5 * NS_PER_S
"""How often a plugin's memory is measured."""
T = TypeVar("T")


class MeteredCalls:
    """Does calls and keeps the plugin's counters. For the plugin's own thread.

    Args:
        clock: times the calls.
        evidence: takes note of them.
        connections: those of the newest instance are looked at.
    """

    def __init__(self, clock: Clock, evidence: Evidence, connections: Connections) -> None:
        self._clock, self._evidence, self._connections = clock, evidence, connections
        self._measured_ns = 0
        self.times: Counter[str] = Counter()
        """How often each call was done with the present instance."""
        self.latest = ("load", "")
        """The call under way, or the last one, and what it was called with."""

    def begin_anew(self) -> None:
        """From now on it is another instance."""
        self._measured_ns = 0
        self.times.clear()

    def do(self, call: str, argument: str, work: Callable[[], T], plugin: Plugin | None = None) -> T:
        """Do `work`, which is the call `call` with `argument`; raises what it raises."""
        self.latest = call, argument
        self.times[call] += 1
        self._evidence.begin(call, argument)
        began = self._clock.monotonic_ns()
        meter, kit = self._evidence.meter, self._connections.newest
        try:
            return work()
        except PluginReportedError:
            meter.errors += 1
            raise
        except PluginCrashedError as crash:
            if not kit.limit.stopped:
                meter.crashed(crash.kind)
            raise
        finally:
            now = self._clock.monotonic_ns()
            if plugin is not None and now >= self._measured_ns:
                self._measured_ns = now + MEMORY_NS
                meter.memory_bytes = plugin.memory_bytes()
            meter.lines_dropped = self._connections.log.lines_dropped
            meter.throttled_ns = self._connections.share.throttled_ns
            self._evidence.end(now - began)
