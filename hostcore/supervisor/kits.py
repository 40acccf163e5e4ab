"""What connects a plugin's instances, one after the other, with the rest of the host."""

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
        self.ports = self._ports_before = Ports(access, self._share(spec), limit(spec), self._log(spec), publish)
        """Those of the newest instance."""

    def renew(self, spec: PluginSpec) -> Ports:
        """For a new instance, which has the limits that `spec` says; what was counted so far counts on."""
        before, old = self._spec, self.ports
        share, log = old.share, old.log
        if spec.bus_share != before.bus_share:
            share = self._share(spec, share.throttled_ns)
        if (spec.lines_per_second, spec.line_length) != (before.lines_per_second, before.line_length):
            log = self._log(spec, log.lines_dropped)
        self._spec_before, self._ports_before = before, old
        self._spec = spec
        self.ports = Ports(old.access, share, self._make_limit(spec), log, old.publish)
        return self.ports

    def give_up(self) -> None:
        """The newest instance did not come to life: the one before goes on with what it had."""
        self._spec, self.ports = self._spec_before, self._ports_before

    def _share(self, spec: PluginSpec, throttled_ns: int = 0) -> BusShare:
        share = BusShare(spec.bus_share, self._clock.monotonic_ns())
        share.throttled_ns = throttled_ns
        return share

    def _log(self, spec: PluginSpec, lines_dropped: int = 0) -> PluginLog:
        log = PluginLog(self._emit, self._clock, spec.lines_per_second, spec.line_length)
        log.lines_dropped = lines_dropped
        return log


def silent(ports: Ports) -> Ports:
    """Connections for the repeat of a fatal call: what it logs, prints and transfers was told already."""
    return Ports(ports.access, ports.share, ports.limit, PluginLog(lambda _level, _line: None), lambda _event: None)
