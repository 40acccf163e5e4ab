"""The kits of one plugin: each instance gets one, and they follow one another."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.clock import Clock
from hostcore.events import Event, Level
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.kit import Ports
from hostcore.runtime.plugin import PluginSpec


class Kits:
    """Makes a plugin's kits. Each has a `CallLimit` of its own; its other parts go on from one kit to the next.

    For the plugin's own thread.

    Args:
        spec: the plugin.
        clock: times all that is limited.
        access: decides which devices the plugin may use.
        limit: makes the bound for the calls of one instance.
        emit: takes the plugin's log lines.
        publish: takes the plugin's transfers.
    """

    def __init__(
        self,
        spec: PluginSpec,
        clock: Clock,
        *,
        access: Access,
        limit: Callable[[PluginSpec], CallLimit],
        emit: Callable[[Level, str], None],
        publish: Callable[[Event], None],
    ) -> None:
        self._clock, self._make_limit, self._emit = clock, limit, emit
        self._spec = self._spec_before = spec
        self.newest = self._before = Ports(access, self._share(spec), limit(spec), self._log(spec), publish)
        """The kit of the newest instance."""

    def next(self, spec: PluginSpec) -> Ports:
        """Make the kit of a new instance, with the limits of `spec`. Its counters continue those of the kit before."""
        before, old = self._spec, self.newest
        share, log = old.share, old.log
        if spec.bus_share != before.bus_share:
            share = self._share(spec, share.throttled_ns)
        if (spec.lines_per_second, spec.line_length) != (before.lines_per_second, before.line_length):
            log = self._log(spec, log.lines_dropped)
        self._spec_before, self._before = before, old
        self._spec = spec
        self.newest = Ports(old.access, share, self._make_limit(spec), log, old.publish)
        return self.newest

    def go_back(self) -> None:
        """Drop the newest kit, because its instance did not start. The instance before keeps its own."""
        self._spec, self.newest = self._spec_before, self._before

    def _share(self, spec: PluginSpec, throttled_ns: int = 0) -> BusShare:
        share = BusShare(spec.bus_share, self._clock.monotonic_ns())
        share.throttled_ns = throttled_ns
        return share

    def _log(self, spec: PluginSpec, lines_dropped: int = 0) -> PluginLog:
        log = PluginLog(self._emit, self._clock, spec.lines_per_second, spec.line_length)
        log.lines_dropped = lines_dropped
        return log


def silent(kit: Ports) -> Ports:
    """The kit for the repeat of a fatal call. Its log lines and transfers were reported the first time."""
    return Ports(kit.access, kit.share, kit.limit, PluginLog(lambda _level, _line: None), lambda _event: None)
