"""What connects a plugin's instances, one after the other, with the rest of the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.clock import Clock
from hostcore.events import Event, Level
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.kit import Kit
from hostcore.runtime.plugin import PluginSpec


class Connections:
    """A plugin's connections. Each instance has a `CallLimit` of its own; the rest goes on from one to the next.

    For the plugin's own thread.

    Args:
        spec: the plugin.
        clock: times what is limited.
        access: what it may touch.
        limit: bounds the calls of one instance.
        emit: takes its log lines.
        publish: takes its transfers.
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
        self.share = self._share_before = self._new_share(spec)
        """The newest instance's share of the buses' time."""
        self.log = self._log_before = self._new_log(spec)
        """Takes what the newest instance logs and prints."""
        self.newest = self._before = Kit(access, self.share, limit(spec), publish)
        """The kit of the newest instance."""

    def renew(self, spec: PluginSpec) -> Kit:
        """For a new instance, which has the limits that `spec` says; what was counted so far counts on."""
        before, old = self._spec, self.newest
        self._spec_before, self._before, self._share_before, self._log_before = before, old, self.share, self.log
        if spec.bus_share != before.bus_share:
            self.share = self._new_share(spec, self.share.throttled_ns)
        if (spec.lines_per_second, spec.line_length) != (before.lines_per_second, before.line_length):
            self.log = self._new_log(spec, self.log.lines_dropped)
        self._spec = spec
        self.newest = Kit(old.access, self.share, self._make_limit(spec), old.publish)
        return self.newest

    def give_up(self) -> None:
        """The newest instance did not come to life: the one before goes on with what it had."""
        self._spec, self.newest = self._spec_before, self._before
        self.share, self.log = self._share_before, self._log_before

    def _new_share(self, spec: PluginSpec, throttled_ns: int = 0) -> BusShare:
        share = BusShare(spec.bus_share, self._clock.monotonic_ns())
        share.throttled_ns = throttled_ns
        return share

    def _new_log(self, spec: PluginSpec, lines_dropped: int = 0) -> PluginLog:
        log = PluginLog(self._emit, self._clock, spec.lines_per_second, spec.line_length)
        log.lines_dropped = lines_dropped
        return log


def silent(kit: Kit) -> Kit:
    """The kit for the repeat of a fatal call, whose transfers were told the first time."""
    return replace(kit, publish=lambda _event: None)


def silent_log() -> PluginLog:
    """The log for the repeat of a fatal call, whose lines were told the first time."""
    return PluginLog(lambda _level, _line: None)
