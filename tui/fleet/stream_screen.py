"""The log or the transfers of a node, which sends them for a while because it was asked to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.fleet.asking import Answer
from hostcore.fleet.model import NodeEvent, NodeStatus
from tui.filtering import FilteredList
from tui.fleet.desk import FleetDesk
from tui.fleet.event_words import streamed_line, words_of
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.text import NS_PER_S, counted
from tui.wrapping import wrapped

SECONDS = 60
"""For how long a node is asked to send."""
MOST_KEPT = 2_000
"""Lines that are kept."""
NOTHING = "nothing has come yet: the node sends what happens from now on, and its own screen has what was before."
NAMES = {"log": "Log", "traffic": "Transfers"}


def show_stream(desk: FleetDesk, node: NodeStatus, kind: str) -> None:
    """Ask a node for its ``log`` or its ``traffic``, and show what comes."""
    if desk.may_ask(node):
        desk.open_sheet(StreamScreen(desk, node, kind))


class StreamList(FilteredList[NodeEvent]):
    """What has come, oldest first. It follows its end until the person moves up.

    Args:
        desk: the screen around it.
    """

    def __init__(self, desk: FleetDesk) -> None:
        super().__init__(desk)
        self.events: deque[NodeEvent] = deque(maxlen=MOST_KEPT)
        self.follows = True

    def rows(self) -> Sequence[NodeEvent]:
        """Return all that has come."""
        return self.events

    def text_of(self, row: NodeEvent) -> str:
        """Return the text in which the filter looks."""
        return words_of(row)

    @property
    def shows_whole(self) -> bool:
        """While it follows the newest line, nobody has chosen one."""
        return not self.follows

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return streamed_line(self.shown[number], self.look, width)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw what has come, or that nothing has."""
        return super().draw(width, height) if self.events else wrapped(NOTHING, self.look.muted, width)


class StreamScreen(LiveScreen):
    """A log, or transfers, and for how long they still come.

    Args:
        desk: the screen around it.
        node: the node.
        kind: ``log`` or ``traffic``, which are the command and the kind of its events.
    """

    desk: FleetDesk
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", key_display="Esc"),
        Binding("m", "ask", "Another minute"),
    ]

    def __init__(self, desk: FleetDesk, node: NodeStatus, kind: str) -> None:
        super().__init__(desk)
        self._node, self._kind = node, kind
        self._list, self._keys = StreamList(desk), KeyBar(desk)
        self._until_ns: int | None = None
        """When the node sends no more; None if it has not answered yet."""
        self._last = max((each.number for each in desk.detail.events), default=0) if desk.detail else 0

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        yield self._list
        yield self._keys

    def on_mount(self) -> None:
        """Ask."""
        self._list.focus()
        self.action_ask()
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def action_ask(self) -> None:
        """Ask the node to send for another minute."""
        self.desk.ask_node(self._node.name, self._kind, {"seconds": SECONDS}, self._begun)

    def _begun(self, _: Answer) -> None:
        self._until_ns = self.desk.now_ns() + SECONDS * NS_PER_S
        self.update(self.desk.now_ns())

    def update(self, now_ns: int) -> None:
        """Show what has come, and for how long more comes."""
        detail = self.desk.detail
        new = [each for each in detail.events if each.number > self._last] if detail else []
        if new:
            self._last = new[-1].number
            self._list.events.extend(each for each in new if each.kind == self._kind)
        if self._until_ns is not None and (detail is None or detail.status.is_stale):
            self._until_ns = min(self._until_ns, now_ns)  # a node that is gone, or a broker that is lost, sends nothing
        title = Content(f"{NAMES[self._kind]} of {self._node.name}: {self._ending(now_ns)}")
        if title != self._list._border_title:
            self._list.border_title = title
        self._list.paint()

    def _ending(self, now_ns: int) -> str:
        """For how long more comes."""
        if self._until_ns is None:
            return "asking the node ..." if self.desk.waiting_seconds else "not answered; m asks again"
        left = -(-(self._until_ns - now_ns) // NS_PER_S)
        return f"for {counted(left, 'second')} more" if left > 0 else "ended; m asks for another minute"

    def action_leave(self) -> None:
        """Let the node send no more, and go back. Before that, show all rows again if a filter hides some."""
        if self._list.clear_filters():
            return
        if self._until_ns is not None and self._until_ns > self.desk.now_ns():
            self.desk.ask_node(self._node.name, self._kind, {"seconds": 0}, lambda _: None)
        self.dismiss()
