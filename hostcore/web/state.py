"""What the web shows, made of events. Pure: no server, no clock. For one thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from hostcore import events
from hostcore.events import Counters, Level, LogWritten, PageRendered, RoundCompleted, State
from hostcore.events.facts import PluginFacts

LOG_LINES = 1_000
"""Log lines that are kept."""
PAGE_PLUGIN = "dashboard"
"""Whose page is shown where there is such a plugin; elsewhere it is that of whoever made the newest."""
NO_PAGE = "No plugin makes a page. One does that has a function render(readings), which returns HTML."
_ENDED = (State.BACKOFF, State.QUARANTINED, State.STOPPED)
NOTHING_YET = Counters()
_LEVELS = tuple(Level)
"""From the least to the most important."""


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """One plugin."""

    name: str
    state: State = State.DISCOVERED
    cause: str = ""
    """Why it is in this state."""
    since_ns: int = 0
    """When that began; 0 where it is not known."""
    last_error: str = ""
    """The last that it reported or died of; "" where there was none."""
    last_error_ns: int = 0
    version: str = ""
    """Of its file, where it was reloaded or has crashed."""
    interval: float = 0.0
    """Seconds between two of its turns."""
    permissions: tuple[str, ...] = ()
    """As host.toml writes them."""
    counters: Counters = NOTHING_YET


@dataclass(frozen=True, slots=True)
class Page:
    """What ``/`` shows."""

    html: str | None
    """As the plugin wrote it: hostile until proven otherwise. None while there is none."""
    problem: str = ""
    """Why there is none."""
    has_plugin: bool = True
    """Whether any plugin makes pages."""


@dataclass(frozen=True, slots=True)
class Actuators:
    """What plugins have switched on, each as it was last set."""

    leds: events.LedsShown | None = None
    """None where nothing was shown yet."""
    relays: tuple[events.RelaySwitched, ...] = ()
    pwm: tuple[events.PwmSet, ...] = ()


class WebState:
    """The newest of everything.

    Args:
        plugins: the plugins that there are.

    Attributes:
        newest_round: all readings; None before the first round.
        readings_json: the same as the text of a JSON object.
        newest_page: the page that ``/`` shows, as it came; None while there is none.
        events_dropped: events that were lost on the way here.
    """

    def __init__(self, plugins: Iterable[PluginFacts] = ()) -> None:
        self.newest_round: RoundCompleted | None = None
        self.readings_json = b"{}"
        self.events_dropped = 0
        self._plugins: dict[str, PluginStatus] = {}
        self._pages: dict[str, PageRendered | None] = {}
        self._leds: events.LedsShown | None = None
        self._relays: dict[str, events.RelaySwitched] = {}
        self._pwm: dict[int, events.PwmSet] = {}
        self._keys_shown: dict[str, set[str]] = {}
        self._log: deque[LogWritten] = deque(maxlen=LOG_LINES)
        self._folds: dict[type, Callable[[Any], None]] = {
            events.RoundCompleted: self._completed,
            events.PageRendered: self._rendered,
            events.LogWritten: self._log.append,
            events.StateChanged: self._moved,
            events.ReadingFailed: self._failed,
            events.CountersTaken: self._counted,
            events.PluginReloaded: self._reloaded,
            events.PluginCrashed: self._crashed,
            events.CrashLocated: self._located,
            events.LedsShown: self._lit,
            events.RelaySwitched: self._switched,
            events.PwmSet: self._modulated,
            events.EventsDropped: self._dropped,
        }
        self.know(plugins)

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """These are the plugins that there are now; others are forgotten."""
        before = self._plugins
        self._plugins = {
            each.name: replace(
                before.get(each.name) or PluginStatus(each.name),
                interval=each.interval,
                permissions=tuple(map(str, each.permissions)),
            )
            for each in plugins
        }
        self._pages = {name: page for name, page in self._pages.items() if name in self._plugins}
        self._keys_shown = {name: keys for name, keys in self._keys_shown.items() if name in self._plugins}

    def keys_shown(self, name: str) -> set[str]:
        """The keys of a plugin's readings that were told as time series; to be added to. A new version begins anew."""
        return self._keys_shown.setdefault(name, set())

    def fold(self, batch: Iterable[events.Event]) -> None:
        """Take in what happened, oldest first."""
        for event in batch:
            fold = self._folds.get(type(event))
            if fold is not None:
                fold(event)

    @property
    def plugins(self) -> tuple[PluginStatus, ...]:
        """All plugins, in host.toml's order."""
        return tuple(self._plugins.values())

    @property
    def actuators(self) -> Actuators:
        """What plugins have switched on."""
        return Actuators(self._leds, tuple(self._relays.values()), tuple(self._pwm.values()))

    def plugin(self, name: str) -> PluginStatus | None:
        """The plugin of this name, if there is one."""
        return self._plugins.get(name)

    def log(self, limit: int, plugin: str = "", least: Level = Level.DEBUG) -> tuple[LogWritten, ...]:
        """The last lines, oldest first.

        Args:
            limit: how many at most.
            plugin: only this plugin's; "" is everybody's.
            least: the least important ones.
        """
        rank = _LEVELS.index(least)
        wanted = (
            line for line in reversed(self._log) if plugin in ("", line.plugin) and _LEVELS.index(line.level) >= rank
        )
        return tuple(reversed(list(islice(wanted, limit))))

    @property
    def newest_page(self) -> PageRendered | None:
        """The page that ``/`` shows, as it came; None while there is none."""
        return self._pages.get(self._page_plugin())

    @property
    def page(self) -> Page:
        """What ``/`` shows."""
        name, newest = self._page_plugin(), self.newest_page
        if newest is not None:
            return Page(newest.html)
        if not name:
            return Page(None, NO_PAGE, has_plugin=False)
        return Page(None, _problem(self._of(name)))

    def _page_plugin(self) -> str:
        if PAGE_PLUGIN in self._plugins:
            return PAGE_PLUGIN
        return next(reversed(self._pages), "")

    def _completed(self, event: RoundCompleted) -> None:
        self.newest_round = event
        self.readings_json = event.text.encode("ascii")

    def _rendered(self, event: PageRendered) -> None:
        self._pages.pop(event.plugin, None)
        self._pages[event.plugin] = event

    def _moved(self, event: events.StateChanged) -> None:
        since_ns = self._of(event.plugin).since_ns if event.before is event.after else event.time_ns
        self._update(event.plugin, state=event.after, cause=event.cause, since_ns=since_ns)
        if event.plugin in self._pages and event.after in (*_ENDED, State.LOADING):
            self._pages[event.plugin] = None

    def _failed(self, event: events.ReadingFailed) -> None:
        self._update(event.plugin, last_error=event.error, last_error_ns=event.time_ns)

    def _counted(self, event: events.CountersTaken) -> None:
        self._update(event.plugin, counters=event.counters)

    def _reloaded(self, event: events.PluginReloaded) -> None:
        self._update(event.plugin, version=event.version)
        self._keys_shown.pop(event.plugin, None)

    def _crashed(self, event: events.PluginCrashed) -> None:
        report = event.report
        self._update(
            event.plugin,
            last_error=report.problem,
            last_error_ns=event.time_ns,
            version=report.version,
            counters=report.counters,
        )
        if report.call == "render":
            self._pages.setdefault(event.plugin, None)

    def _located(self, event: events.CrashLocated) -> None:
        if self._of(event.plugin).last_error_ns == event.report.time_ns:
            self._update(event.plugin, last_error=event.report.problem)

    def _lit(self, event: events.LedsShown) -> None:
        self._leds = event

    def _switched(self, event: events.RelaySwitched) -> None:
        self._relays[event.relay] = event

    def _modulated(self, event: events.PwmSet) -> None:
        self._pwm[event.line] = event

    def _dropped(self, event: events.EventsDropped) -> None:
        self.events_dropped += event.count

    def _update(self, name: str, **changes: Any) -> None:
        self._plugins[name] = replace(self._of(name), **changes)

    def _of(self, name: str) -> PluginStatus:
        return self._plugins.get(name) or PluginStatus(name)


def _problem(plugin: PluginStatus) -> str:
    """Why a plugin that should make a page has none."""
    if plugin.state in _ENDED:
        cause = f": {plugin.cause}" if plugin.cause else "."
        return f"The plugin {plugin.name}, which makes this page, is in {plugin.state}{cause}"
    last = f" Its last error: {plugin.last_error}" if plugin.last_error else ""
    return f"The plugin {plugin.name} has not made a page yet ({plugin.state}).{last}"
