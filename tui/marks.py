"""What happened beside the readings: crashes, states, findings. Stored marks, and those that are not stored yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.style import Style

from hostcore.clock import NS_PER_MS
from hostcore.events import Event
from hostcore.events.history import MOST_MARKS, HistoryMark, HistoryQuery, HistoryReport, MarkKind
from hostcore.history.marks import mark_of
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk
from tui.look import Look

SIGNS = {
    MarkKind.CRASH: "x",
    MarkKind.ALARM: "A",
    MarkKind.FINDING: "!",
    MarkKind.FAULT: "F",
    MarkKind.RELOAD: "r",
    MarkKind.STATE: "o",
}
"""The character of each kind, the gravest kind first."""
WORDS = {
    MarkKind.CRASH: ("crash", "crashes"),
    MarkKind.ALARM: ("alarm", "alarms"),
    MarkKind.FINDING: ("finding", "findings"),
    MarkKind.FAULT: ("fault change", "fault changes"),
    MarkKind.RELOAD: ("reload", "reloads"),
    MarkKind.STATE: ("state", "states"),
}
"""One of a kind, and several."""
GRAVITY = {kind: place for place, kind in enumerate(SIGNS)}


def ink_of(kind: MarkKind, look: Look) -> Style:
    """The style of a kind's marks."""
    match kind:
        case MarkKind.CRASH | MarkKind.ALARM | MarkKind.FAULT:
            return look.bad
        case MarkKind.FINDING:
            return look.warn
    return look.muted


def merged(marks: Iterable[HistoryMark], statuses: Iterable[PluginStatus]) -> list[HistoryMark]:
    """Stored marks, and the crashes and changes of state that only the view knows so far, oldest first."""
    found = {(each.time_ns, each.plugin, each.kind, each.text): each for each in marks}
    stored = {_key(each) for each in found.values()}
    for status in statuses:
        known: tuple[Event, ...] = (*status.crashes, *status.history)
        for event in known:
            mark = mark_of(event)
            if mark is not None and _key(mark) not in stored:
                found[mark.time_ns, mark.plugin, mark.kind, mark.text] = mark
    return sorted(found.values(), key=lambda each: each.time_ns)


def _key(mark: HistoryMark) -> tuple[int, str, MarkKind]:
    """What tells a mark from others. The history writes whole milliseconds."""
    return mark.time_ns // NS_PER_MS, mark.plugin, mark.kind


class Marks:
    """The marks of some plugins in a stretch of time: those of the history, when it has answered, and live ones.

    Args:
        desk: the screen around it.
        changed: is called when the history has answered.

    Attributes:
        problem: why there are no stored marks; "" if there is no problem.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self._desk, self._changed = desk, changed
        self._stored: dict[str, tuple[HistoryMark, ...]] = {}
        self._awaited: set[str] = set()
        self.problem = ""

    @property
    def is_cut(self) -> bool:
        """Whether the history has older marks of this time, beyond those that one answer holds."""
        return any(len(marks) >= MOST_MARKS for marks in self._stored.values())

    @property
    def is_waiting(self) -> bool:
        """Whether the history has not answered for all plugins yet."""
        return bool(self._awaited)

    def ask(self, plugins: Iterable[str], start_ns: int, end_ns: int) -> None:
        """Ask the history for the marks of these plugins, from `start_ns` to `end_ns`. Others are forgotten."""
        names = sorted(set(plugins))
        self._stored = {name: self._stored.get(name, ()) for name in names}
        self._awaited = set(names)
        for name in names:
            self._desk.archive.ask((self, name), HistoryQuery(name, (), start_ns, end_ns, points=1), self._taker(name))

    def _taker(self, plugin: str) -> Callable[[HistoryReport], None]:
        def take(report: HistoryReport) -> None:
            self._awaited.discard(plugin)
            if plugin in self._stored:
                self._stored[plugin], self.problem = report.marks, report.problem
                self._changed()

        return take

    def between(self, start_ns: int, end_ns: int) -> list[HistoryMark]:
        """The marks from `start_ns` to `end_ns`, oldest first."""
        stored = [mark for marks in self._stored.values() for mark in marks]
        statuses = [status for name in self._stored if (status := self._desk.view.plugins.get(name))]
        return [each for each in merged(stored, statuses) if start_ns <= each.time_ns < end_ns]
