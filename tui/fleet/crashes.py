"""The crashes of a node, which it is asked for over the broker: a list, and each as a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.events import PluginCrashed
from hostcore.events.crashes import CrashReport
from hostcore.events.event_json import from_json
from hostcore.fleet.asking import Answer
from hostcore.fleet.model import NodeEvent, NodeStatus
from hostcore.quick_dataclass import dataclass
from hostcore.view.plugins import PluginStatus
from tui.dialogs import Sheet
from tui.filtering import FilteredList
from tui.fleet.desk import FleetDesk
from tui.fleet.plugin_words import unix_ns
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.plugins.report import Report
from tui.row_list import RowList
from tui.text import fit, recent, safe

MOST_CRASHES = 500
"""Crashes of an answer that are listed."""
PLUGIN, KIND = 16, 12
"""Cells of a plugin's name, and of a kind of crash."""


@dataclass(frozen=True, slots=True)
class ListedCrash:
    """One crash in the answer to ``crashes`` (docs/mqtt.md)."""

    id: str
    time: str
    plugin: str
    kind: str = ""
    problem: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ListedCrashes:
    """The answer to ``crashes``."""

    crashes: tuple[ListedCrash, ...]


@dataclass(frozen=True, slots=True)
class OneCrash:
    """The answer to ``crashes`` with an ID."""

    report: CrashReport


def show_crashes(desk: FleetDesk, node: NodeStatus) -> None:
    """Ask a node for its crashes, and show them."""
    if desk.may_ask(node):
        desk.ask_node(node.name, "crashes", {}, partial(_show, desk, node))


def _show(desk: FleetDesk, node: NodeStatus, answer: Answer) -> None:
    if not _is_open(desk, node):
        return
    try:
        found = from_json(ListedCrashes, answer.data).crashes
    except ValueError as error:
        desk.say(f"{node.name} answers in words that cannot be read: {error}")
        return
    if found:
        desk.open_sheet(CrashScreen(desk, node, found[:MOST_CRASHES]))
    else:
        desk.say(f"No plugin of {node.name} has crashed since its host started.")


class CrashList(FilteredList[ListedCrash]):
    """The crashes, the newest first.

    Args:
        desk: the screen around it.
        crashes: the crashes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Report", key_display="Enter"),
    ]

    def __init__(self, desk: FleetDesk, node: NodeStatus, crashes: Sequence[ListedCrash]) -> None:
        super().__init__(desk)
        self._fleet_desk, self._node, self._crashes = desk, node, crashes

    def rows(self) -> Sequence[ListedCrash]:
        """Return all crashes."""
        return self._crashes

    def text_of(self, row: ListedCrash) -> str:
        """Return the text in which the filter looks."""
        return f"{row.plugin} {row.kind} {row.problem}"

    def row(self, number: int, width: int) -> Line:
        """Make one row: when it was, its plugin, its kind and what happened."""
        crash, look = self.shown[number], self.look
        time_ns = unix_ns(crash.time)
        return [
            Segment(f"{fit(recent(time_ns) if time_ns else '?', 19)} ", look.muted),
            Segment(f"{fit(safe(crash.plugin, PLUGIN * 2), PLUGIN)} ", look.strong),
            Segment(f"{fit(safe(crash.kind, KIND * 2), KIND)} ", look.bad),
            Segment(safe(crash.problem, 500)),
        ]

    def action_open(self) -> None:
        """Ask for the whole report, and show it."""
        if self.chosen is not None:
            desk, node, wanted = self._fleet_desk, self._node, {"id": self.chosen.id}
            desk.ask_node(node.name, "crashes", wanted, partial(_show_report, desk, node))

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """A double click does the same as Enter."""
        message.stop()
        self.action_open()


class CrashScreen(Screen[None]):
    """The list of crashes.

    Args:
        desk: the screen around it.
        node: the node.
        crashes: its crashes, the newest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="Esc")]

    def __init__(self, desk: FleetDesk, node: NodeStatus, crashes: Sequence[ListedCrash]) -> None:
        super().__init__()
        self._list, self._keys = CrashList(desk, node, crashes), KeyBar(desk)
        self._list.border_title = Content(
            f"{len(crashes)} {'crash' if len(crashes) == 1 else 'crashes'} on {node.name} since its host started"
        )

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        yield self._list
        yield self._keys


def _is_open(desk: FleetDesk, node: NodeStatus) -> bool:
    """Whether the node is still open. A late answer must not lie over what the person looks at by now."""
    return desk.detail is not None and desk.detail.status.name == node.name


def _show_report(desk: FleetDesk, node: NodeStatus, answer: Answer) -> None:
    if not _is_open(desk, node):
        return
    try:
        report = from_json(OneCrash, answer.data).report
    except ValueError as error:
        desk.say(f"{node.name} answers in words that cannot be read: {error}")
        return
    _open_report(desk, node, report, recent(report.time_ns))


def show_crash(desk: FleetDesk, node: NodeStatus, event: NodeEvent) -> bool:
    """Show the report in an event, which the node has published without the last transfers and log lines.

    Returns:
        Whether the event is a crash that can be read.
    """
    try:
        report = from_json(OneCrash, {"report": event.body["report"]}).report
    except (KeyError, ValueError):
        return False
    _open_report(desk, node, report, "without transfers and log lines (x has them)")
    return True


def _open_report(desk: FleetDesk, node: NodeStatus, report: CrashReport, remark: str) -> None:
    title = f"Crash of {safe(report.plugin, 80)} on {node.name}, {remark}"
    desk.open_sheet(Sheet(desk, title, lambda width: crash_lines(desk, report, width)))


def crash_lines(desk: FleetDesk, report: CrashReport, width: int) -> Iterable[Line]:
    """A crash as it is told of a host of this computer."""
    status = PluginStatus(report.plugin)
    status.crashes.append(PluginCrashed(report.time_ns, report.plugin, report, ""))
    return islice(Report(status, desk.view, desk.look, width, desk.now_ns()).crash(0), 2, None)  # the title has it
