"""The kits of one plugin: each instance gets one, and they follow one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.clock import Clock
from hostcore.events import Event, Level
from hostcore.kept_state.state import KeptState
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.kit import Kit
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
        report: takes the host's own lines about the plugin's log.
        publish: takes the plugin's transfers.
        state: what the plugin keeps across restarts.
    """

    def __init__(
        self,
        spec: PluginSpec,
        clock: Clock,
        access: Access,
        *,
        limit: Callable[[PluginSpec], CallLimit],
        emit: Callable[[Level, str], None],
        report: Callable[[Level, str], None],
        publish: Callable[[Event], None],
        state: KeptState,
    ) -> None:
        self._clock, self._make_limit, self._emit, self._report = clock, limit, emit, report
        self._spec = self._spec_before = spec
        self.share = self._share_before = self._new_share(spec)
        """The newest instance's share of the buses' time."""
        self.log = self._log_before = self._new_log(spec)
        """Takes the newest instance's log lines and output."""
        self.newest = self._before = Kit(access, self.share, limit(spec), publish, state)
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
        self.newest = Kit(old.access, self.share, self._make_limit(spec), old.publish, old.state)
        return self.newest

    def go_back(self) -> None:
        """Drop the newest kit, because its instance did not start. The instance before keeps its own."""
        self._spec, self.newest = self._spec_before, self._before
        self.share, self.log = self._share_before, self._log_before

    def _new_share(self, spec: PluginSpec, throttled_ns: int = 0) -> BusShare:
        share = BusShare(spec.limits.bus_share, self._clock.monotonic_ns())
        share.throttled_ns = throttled_ns
        return share

    def _new_log(self, spec: PluginSpec, lines_dropped: int = 0) -> PluginLog:
        log = PluginLog(self._emit, self._clock, *_log_limits(spec), report=self._report)
        log.lines_dropped = lines_dropped
        return log


def _log_limits(spec: PluginSpec) -> tuple[int, int]:
    return spec.limits.log_lines_per_second, spec.limits.log_line_length


def silent(kit: Kit) -> Kit:
    """The kit for the repeat of a fatal call. Its transfers were reported, and its state was saved, the first time."""
    return replace(kit, publish=lambda _event: None, state=kit.state.copy())


def silent_log() -> PluginLog:
    """The log for the repeat of a fatal call. Its lines were reported the first time."""
    return PluginLog(lambda _level, _line: None)
