"""The status of each plugin: its state and the cause, its counters, errors, requests and crashes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from hostcore.clock import NS_PER_S
from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    CrashLocated,
    FetchEnded,
    InstanceRecycled,
    KeptStateWritten,
    PluginCrashed,
    PluginReloaded,
    ReadingFailed,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.events.facts import PluginFacts
from hostcore.permissions import Permission, covers
from hostcore.quick_dataclass import dataclass, field, replace
from hostcore.view.counters import counters_since
from hostcore.view.part import Part, Takers

MOST_REQUESTS = 64
"""Requests of one plugin that are kept, unless told otherwise."""
HISTORY = 50
"""Changes of state of one plugin that are kept, unless told otherwise."""
CRASHES = 10
"""Crash reports of one plugin that are kept, unless told otherwise."""

NOTHING_YET = Counters()


@dataclass(slots=True, eq=False)
class PluginStatus:
    """One plugin. Two are the same only if they are one object: a plugin that went and came back has a new status."""

    name: str
    facts: PluginFacts | None = None
    """Its settings; None if an event names it before they are known."""
    state: State = State.DISCOVERED
    cause: str = ""
    """Why it is in this state."""
    since_ns: int = 0
    """When that began; 0 if it is not known."""
    retry_ns: int = 0
    """When it gets a new instance by itself; 0 if it does not wait for one."""
    is_searching: bool = False
    """The host is looking for the line of its crash."""
    lacks_libraries: bool = False
    """The libraries that the newest version of its file asks for have not been fetched."""
    rejected: str = ""
    """Why the newest version of its file was not taken, while the version before runs on; "" if it was."""
    rejected_ns: int = 0
    """When that was found; 0 if it was taken."""
    broken_line: int = 0
    """The line of its file, from 1 on, that keeps the newest version from being used; 0 if no line is known."""
    fetch_error: str = ""
    """Why they could not be fetched at the last try; "" if they were, or nobody tried."""
    last_error: str = ""
    """The last error that it reported or died of; "" if there was none."""
    last_error_ns: int = 0
    counters: Counters = NOTHING_YET
    """Since the host started."""
    counters_before: Counters = NOTHING_YET
    """Its counters when a person let the statistics start over."""
    version: str = ""
    """Version of its file, the first 12 hex digits of its SHA-256; "" before it was loaded."""
    reloaded_ns: int = 0
    """When that version took over; 0 if it was never reloaded."""
    recycled: InstanceRecycled | None = None
    """The last time that a new instance took over because a leak had nearly used up the memory; None if none did."""
    kept_state: KeptStateWritten | None = None
    """The last write of what it keeps across restarts; None if there was none since the host started."""
    history: deque[StateChanged] = field(default_factory=deque)
    """Its last changes of state, oldest first."""
    crashes: deque[PluginCrashed] = field(default_factory=deque)
    """Its last crashes, oldest first."""
    requests: dict[Permission, AccessDenied] = field(default_factory=dict)
    """Its denied accesses, by the permission that would allow them. Granted and refused requests are gone."""
    refused: set[Permission] = field(default_factory=set)
    """Permissions that a person does not want to be asked about again."""

    @property
    def recent(self) -> Counters:
        """Its counters since the statistics began. Durations of calls and the use of memory are as in `counters`."""
        before = self.counters_before
        return self.counters if before is NOTHING_YET else counters_since(before, self.counters)

    @property
    def crash_count(self) -> int:
        """Crashes since the statistics began."""
        return sum(count for _, count in self.recent.crashes)

    @property
    def has_older_worst(self) -> bool:
        """Whether the longest call was before the statistics began, so that each since then was at most as long."""
        return 0 < self.counters.call_max_ns <= self.counters_before.call_max_ns

    @property
    def asked_ns(self) -> int:
        """When it asked for the first of its requests; 0 if it has none."""
        return min((each.time_ns for each in self.requests.values()), default=0)

    @property
    def is_failing(self) -> bool:
        """Whether it runs, but has reported only errors for some time."""
        return self.state is State.RUNNING and self.counters.is_failing

    def take(self, counters: Counters) -> None:
        """Learn its new counters. If they are less than before, the host has started again, and all of them are new."""
        if counters.calls < self.counters_before.calls:
            self.counters_before = NOTHING_YET
        self.counters = counters

    def drop_answered(self, granted: Iterable[Permission]) -> None:
        """Drop the requests that these permissions cover, together with those that it has."""
        had = self.facts.permissions if self.facts else ()
        held = (*had, *granted)
        self.requests = {each: asked for each, asked in self.requests.items() if not covers(held, each)}

    def refuse(self, permission: Permission) -> None:
        """Never show this request again."""
        self.requests.pop(permission, None)
        self.refused.add(permission)


class Plugins(Part):
    """All plugins, in host.toml's order.

    Args:
        history: changes of state that are kept of each plugin.
        crashes: crash reports that are kept of each plugin.
        requests: requests that are kept of each plugin.
    """

    def __init__(self, *, history: int = HISTORY, crashes: int = CRASHES, requests: int = MOST_REQUESTS) -> None:
        self._history, self._crashes, self._requests = history, crashes, requests
        self._plugins: dict[str, PluginStatus] = {}

    def takes(self) -> Takers:
        return {
            StateChanged: self.move,
            ReadingFailed: self.fail,
            RoundCompleted: self.leave_out,
            CountersTaken: self.count,
            AccessDenied: self.deny,
            PluginReloaded: self.reload,
            InstanceRecycled: self.recycle,
            FetchEnded: self.end_fetch,
            KeptStateWritten: self.keep_state,
            PluginCrashed: self.crash,
            CrashLocated: self.locate,
        }

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which plugins there are now. Others are forgotten."""
        self._plugins = {each.name: self._of(each.name) for each in plugins}
        for facts in plugins:
            plugin = self._plugins[facts.name]
            plugin.facts = facts
            plugin.drop_answered(())

    def reset_statistics(self) -> None:
        """Count from now on."""
        for plugin in self._plugins.values():
            plugin.counters_before = plugin.counters

    def all(self) -> tuple[PluginStatus, ...]:
        """Every plugin."""
        return tuple(self._plugins.values())

    def get(self, name: str) -> PluginStatus | None:
        """The plugin of this name, if there is one."""
        return self._plugins.get(name)

    def move(self, event: StateChanged) -> None:
        """A plugin changed its state."""
        plugin = self._of(event.plugin)
        plugin.state, plugin.cause, plugin.is_searching = event.after, event.cause, event.is_searching
        if event.rejected != plugin.rejected:
            plugin.rejected_ns = event.time_ns if event.rejected else 0
        plugin.lacks_libraries, plugin.rejected = event.lacks_libraries, event.rejected
        plugin.broken_line = event.broken_line
        plugin.version = event.version or plugin.version
        plugin.retry_ns = event.time_ns + round(event.retry_seconds * NS_PER_S) if event.retry_seconds else 0
        if event.before is not event.after or not plugin.since_ns:
            plugin.since_ns = event.time_ns
            plugin.history.append(event)
        elif not plugin.history:
            return
        elif event.after is not State.RUNNING:  # more is known about the last change
            plugin.history[-1] = replace(plugin.history[-1], cause=event.cause, is_searching=event.is_searching)
        elif event.cause != plugin.history[-1].cause:  # something happened to a plugin that runs on
            plugin.history.append(event)

    def fail(self, event: ReadingFailed) -> None:
        """A plugin could not read."""
        plugin = self._of(event.plugin)
        plugin.last_error, plugin.last_error_ns = event.error, event.time_ns

    def leave_out(self, event: RoundCompleted) -> None:
        """A round had no room for the readings of some plugins."""
        for each in event.left_out:
            plugin = self._of(each.plugin)
            plugin.last_error, plugin.last_error_ns = each.problem, event.time_ns

    def count(self, event: CountersTaken) -> None:
        """A plugin has new counters."""
        self._of(event.plugin).take(event.counters)

    def deny(self, event: AccessDenied) -> None:
        """A plugin asks for a permission."""
        plugin = self._of(event.plugin)
        has_it = plugin.facts is not None and covers(plugin.facts.permissions, event.permission)
        if has_it or event.owner or event.permission in plugin.refused:
            return  # nobody is asked to give a plugin the device of another one
        if event.permission in plugin.requests or len(plugin.requests) < self._requests:
            plugin.requests[event.permission] = event

    def reload(self, event: PluginReloaded) -> None:
        """A new version of its file took over."""
        plugin = self._of(event.plugin)
        plugin.version, plugin.reloaded_ns = event.version, event.time_ns
        plugin.requests.clear()

    def recycle(self, event: InstanceRecycled) -> None:
        """A new instance took over before the memory reached its limit."""
        self._of(event.plugin).recycled = event

    def end_fetch(self, event: FetchEnded) -> None:
        """The host tried to fetch its libraries."""
        self._of(event.plugin).fetch_error = event.error

    def keep_state(self, event: KeptStateWritten) -> None:
        """What it keeps across restarts was written to the disk."""
        self._of(event.plugin).kept_state = event

    def crash(self, event: PluginCrashed) -> None:
        """An instance died."""
        plugin, report = self._of(event.plugin), event.report
        plugin.last_error, plugin.last_error_ns = report.problem, event.time_ns
        plugin.version = report.version
        plugin.take(report.counters)
        plugin.crashes.append(event)

    def locate(self, event: CrashLocated) -> None:
        """The place of a crash is known."""
        plugin, report = self._of(event.plugin), event.report
        if plugin.last_error_ns == report.time_ns:
            plugin.last_error = report.problem
        for index, crash in enumerate(plugin.crashes):
            if crash.report.time_ns == report.time_ns:
                plugin.crashes[index] = replace(crash, report=report)

    def _of(self, name: str) -> PluginStatus:
        plugin = self._plugins.get(name)
        if plugin is None:
            history, crashes = deque[StateChanged](maxlen=self._history), deque[PluginCrashed](maxlen=self._crashes)
            plugin = self._plugins[name] = PluginStatus(name, history=history, crashes=crashes)
        return plugin
