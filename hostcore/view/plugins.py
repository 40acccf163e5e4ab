"""What is known of each plugin: its state, why, its counters, its requests and its crashes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hostcore.clock import NS_PER_S
from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    CrashLocated,
    PluginCrashed,
    PluginReloaded,
    State,
    StateChanged,
)
from hostcore.events.facts import PluginFacts
from hostcore.permissions import Permission

MOST_REQUESTS = 64
"""Requests of one plugin that are kept."""
HISTORY = 50
"""Changes of state of one plugin that are kept."""
CRASHES = 10
"""Crash reports of one plugin that are kept."""

TROUBLED = (State.BACKOFF, State.QUARANTINED)
"""States that a person should look at."""


@dataclass(slots=True)
class PluginStatus:
    """One plugin."""

    name: str
    facts: PluginFacts | None = None
    """Its settings; None where it is heard of before they are known."""
    state: State = State.DISCOVERED
    cause: str = ""
    """Why it is in this state."""
    since_ns: int = 0
    """When that began; 0 where it is not known."""
    retry_ns: int = 0
    """When it gets a new instance by itself; 0 where it does not wait for one."""
    counters: Counters = field(default_factory=Counters)
    version: str = ""
    """Of its file, where it was reloaded or has crashed."""
    history: deque[StateChanged] = field(default_factory=lambda: deque(maxlen=HISTORY))
    """Its last changes of state, oldest first."""
    crashes: deque[PluginCrashed] = field(default_factory=lambda: deque(maxlen=CRASHES))
    """Its last crashes, oldest first."""
    requests: dict[Permission, AccessDenied] = field(default_factory=dict)
    """What it was denied, by permission; granted and refused ones are gone."""
    refused: set[Permission] = field(default_factory=set)
    """Permissions that a person does not want to be asked about any more."""

    @property
    def crash_count(self) -> int:
        """Crashes since the host started."""
        return sum(count for _, count in self.counters.crashes)

    @property
    def is_troubled(self) -> bool:
        """Whether a person should look at it."""
        return self.state in TROUBLED

    def drop_request(self, permission: Permission) -> None:
        """The request is granted."""
        self.requests.pop(permission, None)

    def refuse(self, permission: Permission) -> None:
        """Never show this request again."""
        self.requests.pop(permission, None)
        self.refused.add(permission)


class Plugins:
    """All plugins, in host.toml's order."""

    def __init__(self, facts: Iterable[PluginFacts]) -> None:
        self._plugins: dict[str, PluginStatus] = {}
        self.know(facts)

    def know(self, facts: Iterable[PluginFacts]) -> None:
        """These are the plugins that there are now; others are forgotten."""
        before = self._plugins
        self._plugins = {each.name: before.get(each.name) or PluginStatus(each.name) for each in facts}
        for each in facts:
            plugin = self._plugins[each.name]
            plugin.facts = each
            for granted in plugin.requests.keys() & set(each.permissions):
                del plugin.requests[granted]

    def all(self) -> tuple[PluginStatus, ...]:
        """Every plugin."""
        return tuple(self._plugins.values())

    def get(self, name: str) -> PluginStatus | None:
        """The plugin of this name, if there is one."""
        return self._plugins.get(name)

    def move(self, event: StateChanged) -> None:
        """A plugin changed its state."""
        plugin = self._of(event.plugin)
        plugin.state, plugin.cause = event.after, event.cause
        plugin.retry_ns = event.time_ns + round(event.retry_seconds * NS_PER_S) if event.retry_seconds else 0
        if event.before is event.after and plugin.history:  # more is known about the last change
            plugin.history[-1] = replace(plugin.history[-1], cause=event.cause)
            return
        plugin.since_ns = event.time_ns
        plugin.history.append(event)

    def count(self, event: CountersTaken) -> None:
        """A plugin's counters are known anew."""
        self._of(event.plugin).counters = event.counters

    def deny(self, event: AccessDenied) -> None:
        """A plugin asks for a permission."""
        plugin = self._of(event.plugin)
        has_it = plugin.facts is not None and event.permission in plugin.facts.permissions
        if has_it or event.permission in plugin.refused:
            return  # who has the permission is denied for another reason, such as somebody else who has the device
        if event.permission in plugin.requests or len(plugin.requests) < MOST_REQUESTS:
            plugin.requests[event.permission] = event

    def reload(self, event: PluginReloaded) -> None:
        """A new version of its file took over."""
        plugin = self._of(event.plugin)
        plugin.version = event.version
        plugin.requests.clear()

    def crash(self, event: PluginCrashed) -> None:
        """An instance died."""
        plugin = self._of(event.plugin)
        plugin.version = event.report.version
        plugin.counters = event.report.counters
        plugin.crashes.append(event)

    def locate(self, event: CrashLocated) -> None:
        """The place of a crash is known."""
        crashes = self._of(event.plugin).crashes
        for index, crash in enumerate(crashes):
            if crash.report.time_ns == event.report.time_ns:
                crashes[index] = replace(crash, report=event.report)

    def _of(self, name: str) -> PluginStatus:
        return self._plugins.setdefault(name, PluginStatus(name))
