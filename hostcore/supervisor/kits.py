"""The kits of one plugin: each instance gets one, and they follow one another."""

from __future__ import annotations

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.kit import Kit
from hostcore.runtime.plugin import PluginSpec
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.shared_parts import SharedParts


class Kits:
    """Makes a plugin's kits. Each has a `CallLimit` of its own; its other parts go on from one kit to the next.

    For the plugin's own thread.

    Args:
        spec: the plugin.
        shared: gives the clock, the bounds of calls, and what the plugin keeps across restarts.
        access: decides which devices the plugin may use.
        evidence: takes the plugin's transfers and log lines.
    """

    def __init__(self, spec: PluginSpec, shared: SharedParts, *, access: Access, evidence: Evidence) -> None:
        self._clock, self._make_limit, self._evidence = shared.clock, shared.runtime.limit, evidence
        self._states = shared.states
        self._spec = self._spec_before = spec
        self.share = self._share_before = self._new_share(spec)
        """The newest instance's share of the buses' time."""
        self.log = self._log_before = self._new_log(spec)
        """Takes the newest instance's log lines and output."""
        self._recordings = shared.recordings
        self.recorded = self._recorded_before = self._recordings.seat()
        """Where the newest instance is recorded; None if it is not."""
        self.newest = self._before = Kit(
            access, self.share, self._make_limit(spec), evidence.publish, shared.states.of(spec.name)
        )
        """The kit of the newest instance."""

    def next(self, spec: PluginSpec) -> Kit:
        """Make the kit of a new instance, with the limits of `spec`. Its counters continue those of the kit before."""
        before, old = self._spec, self.newest
        self._spec_before, self._before, self._share_before, self._log_before = before, old, self.share, self.log
        if spec.limits.bus_share != before.limits.bus_share:
            self.share = self._new_share(spec, self.share.throttled_ns)
        if _log_limits(spec) != _log_limits(before):
            self.log = self._new_log(spec, self.log.lines_dropped)
        self._spec = spec
        self._recorded_before, self.recorded = self.recorded, self._recordings.seat()
        self.newest = Kit(
            old.access,
            self.share,
            self._make_limit(spec),
            old.publish,
            self._states.of(spec.name),
            record=self.recorded.begin if self.recorded else None,
        )
        return self.newest

    def take_sleeping(self, plugin: str) -> bytes | None:
        """See `Recordings.take_sleeping`."""
        return self._recordings.take_sleeping(plugin)

    def go_back(self) -> None:
        """Drop the newest kit, because its instance did not start. The instance before keeps its own."""
        self._spec, self.newest = self._spec_before, self._before
        self.share, self.log, self.recorded = self._share_before, self._log_before, self._recorded_before

    def _new_share(self, spec: PluginSpec, throttled_ns: int = 0) -> BusShare:
        share = BusShare(spec.limits.bus_share, self._clock.monotonic_ns())
        share.throttled_ns = throttled_ns
        return share

    def _new_log(self, spec: PluginSpec, lines_dropped: int = 0) -> PluginLog:
        log = PluginLog(
            self._evidence.log, self._clock, *_log_limits(spec), report=self._evidence.say, more=self._evidence.log_more
        )
        log.lines_dropped = lines_dropped
        return log


def _log_limits(spec: PluginSpec) -> tuple[int, int]:
    return spec.limits.log_lines_per_second, spec.limits.log_line_length
