"""A plugin's calls, counted and timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hostcore.clock import NS_PER_S, Clock
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.runtime.plugin import Plugin
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.kits import Kits
from hostcore.supervisor.memory_growth import MemoryGrowth

MEMORY_NS = 5 * NS_PER_S
"""How often a plugin's memory is measured at least."""
TELLING_NS = NS_PER_S // 2
"""How often the counters of a script are published, at most."""
T = TypeVar("T")


class MeteredCalls:
    """Does calls and keeps the plugin's counters. For the plugin's own thread.

    Args:
        clock: times the calls.
        evidence: records them.
        kits: the newest kit tells the lines dropped and the time throttled.

    Attributes:
        growth: how the memory of the present instance grows.
    """

    def __init__(self, clock: Clock, evidence: Evidence, kits: Kits) -> None:
        self._clock, self._evidence, self._kits = clock, evidence, kits
        self._measured_ns = self._told_ns = 0
        self.growth = MemoryGrowth()
        self._began_ns: int | None = None
        """When the present call began; None if none is under way, or a script waits."""

    def reset(self) -> None:
        """Count the calls of a new instance from zero."""
        self.begin_instance()
        self._evidence.meter.begin_instance()

    def begin_instance(self) -> None:
        """Another instance goes on with the plugin's calls."""
        self._measured_ns, self.growth = 0, MemoryGrowth()

    def do(self, call: str, argument: str, work: Callable[[], T], plugin: Plugin | None = None) -> T:
        """Do `work`, which is the call `call` with `argument`, and raise the exceptions that it raises."""
        self._evidence.begin(call, argument)
        self._began_ns = self._clock.monotonic_ns()
        meter, kit = self._evidence.meter, self._kits.newest
        try:
            result = work()
            meter.worked(call)
            return result
        except PluginReportedError:
            meter.reported(call, self._clock.wall_ns())
            raise
        except PluginCrashedError as crash:
            if not kit.limit.stopped:
                meter.crashed(crash.kind)
            raise
        finally:
            self._count(plugin)
            self._evidence.tell_counters()

    def note_success(self, call: str) -> None:
        """A call that goes on has done what it is for: a script printed a reading."""
        self._evidence.meter.worked(call)

    def pause(self, plugin: Plugin) -> None:
        """A script waits. What it did since it went on is one call."""
        self._count(plugin)
        now = self._clock.monotonic_ns()
        if now >= self._told_ns:
            self._told_ns = now + TELLING_NS
            self._evidence.tell_counters()

    def go_on(self) -> None:
        """The script does not wait any more."""
        self._began_ns = self._clock.monotonic_ns()

    def _count(self, plugin: Plugin | None) -> None:
        now, meter = self._clock.monotonic_ns(), self._evidence.meter
        if plugin is not None:
            meter.host_bytes = max(meter.host_bytes, plugin.host_bytes())
        if plugin is not None and (self.growth.called() or now >= self._measured_ns):
            self._measured_ns = now + MEMORY_NS
            meter.memory_bytes = plugin.memory_bytes()
            self.growth.measured(meter.memory_bytes)
        meter.lines_dropped, meter.throttled_ns = self._kits.log.lines_dropped, self._kits.share.throttled_ns
        if self._began_ns is not None:
            meter.called(now - self._began_ns)
            self._began_ns = None
