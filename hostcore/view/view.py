"""What the screen shows, made of events. Pure: no terminal, no clock, no core."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from hostcore import events
from hostcore.clock import NS_PER_S
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.view.displays import Displays
from hostcore.view.feed import Feed
from hostcore.view.outputs import Outputs
from hostcore.view.plugins import Plugins
from hostcore.view.readings import Readings
from hostcore.view.scans import Scans

LOG_LINES = 10_000
"""Log lines that are kept."""
TRANSFERS = 5_000
"""Transfers that are kept; one of more than `TRANSFER_BYTES` counts for several."""
TRANSFER_BYTES = 200
"""Bytes that a transfer may carry before it counts for two."""
RATE_WINDOW = 10
"""Seconds over which readings are averaged to a rate."""


def _weight(transfer: events.TransferCompleted) -> int:
    return 1 + sum(len(message.data) for message in transfer.messages) // TRANSFER_BYTES


class Rate:
    """Counts over the last `RATE_WINDOW` whole seconds."""

    def __init__(self) -> None:
        self._buckets: deque[list[int]] = deque(maxlen=RATE_WINDOW + 1)

    def add(self, time_ns: int) -> None:
        """One more at this time."""
        second = time_ns // NS_PER_S
        if not self._buckets or self._buckets[-1][0] < second:
            self._buckets.append([second, 0])
        self._buckets[-1][1] += 1

    def per_second(self, now_ns: int) -> float:
        """The rate; the second under way does not count yet."""
        now = now_ns // NS_PER_S
        return sum(count for second, count in self._buckets if now - RATE_WINDOW <= second < now) / RATE_WINDOW


class View:
    """The state of everything on the screen. For one thread.

    Args:
        facts: the host.
        plugins: its plugins.

    Attributes:
        readings: the newest readings.
        plugins: the plugins.
        log: the last log lines.
        traffic: the last transfers.
        scans: what answers on the buses.
        displays: what the displays show.
        outputs: what plugins drive.
        reading_rate: readings a second.
        dropped: events that were lost on the way to this view.
        plugins_changed: the plugins' facts are no longer what `know` was told.
    """

    def __init__(self, facts: HostFacts, plugins: Iterable[PluginFacts]) -> None:
        self.facts = facts
        self.readings = Readings()
        self.plugins = Plugins(())
        self.log = Feed[events.LogWritten](LOG_LINES)
        self.traffic = Feed(TRANSFERS, _weight)
        self.scans = Scans()
        self.displays = Displays()
        self.outputs = Outputs(facts)
        self.reading_rate = Rate()
        self.dropped = 0
        self.plugins_changed = False
        self._folds: dict[type, Callable[[Any], None]] = {
            events.ReadingPublished: self._published,
            events.ReadingFailed: self.readings.fail,
            events.LogWritten: self.log.append,
            events.TransferCompleted: self._transferred,
            events.StateChanged: self.plugins.move,
            events.CountersTaken: self.plugins.count,
            events.AccessDenied: self.plugins.deny,
            events.PluginReloaded: self.plugins.reload,
            events.PluginCrashed: self.plugins.crash,
            events.CrashLocated: self.plugins.locate,
            events.PluginsChanged: self._plugins_changed,
            events.ScanCompleted: self.scans.complete,
            events.ScanFailed: self.scans.fail,
            events.ChipIdentified: self.scans.identify,
            events.LedsShown: self.outputs.show,
            events.RelaySwitched: self.outputs.switch,
            events.PwmSet: self.outputs.modulate,
            events.EventsDropped: self._dropped,
        }
        self.know(plugins)

    @property
    def kinds(self) -> tuple[type, ...]:
        """The events that matter here."""
        return tuple(self._folds)

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """These are the plugins now."""
        plugins = tuple(plugins)
        self.plugins.know(plugins)
        self.outputs.know(plugins)
        self.readings.keep(tuple(each.name for each in plugins))
        self.plugins_changed = False

    def fold(self, batch: Iterable[events.Event]) -> None:
        """Take in what happened, oldest first."""
        folds = self._folds
        for event in batch:
            fold = folds.get(type(event))
            if fold is not None:
                fold(event)

    def _published(self, event: events.ReadingPublished) -> None:
        self.reading_rate.add(event.time_ns)
        self.readings.publish(event)

    def _transferred(self, event: events.TransferCompleted) -> None:
        self.traffic.append(event)
        self.scans.follow(event)
        self.displays.follow(event)

    def _plugins_changed(self, _: events.PluginsChanged) -> None:
        self.plugins_changed = True

    def _dropped(self, event: events.EventsDropped) -> None:
        self.dropped += event.count
