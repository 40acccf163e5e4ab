"""A plugin's calls, counted and timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.runtime.plugin import Plugin
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.kits import Kits

MEMORY_NS = 5 * NS_PER_S
"""How often a plugin's memory is measured."""
T = TypeVar("T")


class MeteredCalls:
    """Does calls and keeps the plugin's counters. For the plugin's own thread.

    Args:
        clock: times the calls.
        evidence: records them.
        kits: the newest kit tells the lines dropped and the time throttled.
    """

    def __init__(self, clock: Clock, evidence: Evidence, kits: Kits) -> None:
        self._clock, self._evidence, self._kits = clock, evidence, kits
        self._measured_ns = 0
        self.times: Counter[str] = Counter()
        """How often each call was done with the present instance."""

    def reset(self) -> None:
        """Count the calls of a new instance from zero."""
        self._measured_ns = 0
        self.times.clear()

    def do(self, call: str, argument: str, work: Callable[[], T], plugin: Plugin | None = None) -> T:
        """Do `work`, which is the call `call` with `argument`, and raise the exceptions that it raises."""
        self.times[call] += 1
        self._evidence.begin(call, argument)
        began = self._clock.monotonic_ns()
        meter, kit = self._evidence.meter, self._kits.newest
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
            if plugin is not None:
                meter.host_bytes = max(meter.host_bytes, plugin.host_bytes())
            if plugin is not None and now >= self._measured_ns:
                self._measured_ns = now + MEMORY_NS
                meter.memory_bytes = plugin.memory_bytes()
            meter.lines_dropped, meter.throttled_ns = self._kits.log.lines_dropped, self._kits.share.throttled_ns
            self._evidence.end(now - began)
