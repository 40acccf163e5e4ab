"""One node on the whole screen: what is wrong with it, its plugins, their values, and what happens."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.fleet.model import NodeStatus
from tui.dialogs import Sheet
from tui.fleet.desk import FleetDesk
from tui.fleet.event_list import EventList
from tui.fleet.event_words import event_lines
from tui.fleet.head import LinkLine
from tui.fleet.node_head import NodeHead
from tui.fleet.node_readings import NodeReadings
from tui.fleet.plugin_list import PluginList
from tui.fleet.plugin_sheet import PluginSheet
from tui.key_bar import KeyBar
from tui.live_screen import LiveScreen
from tui.row_list import RowList
from tui.text import safe

LOW = 24
"""Lines below which only the part with the focus is in sight."""


class NodeScreen(LiveScreen):
    """All that the broker tells of a node.

    Args:
        desk: the screen around it.
        node: the node, as the overview had it.
    """

    desk: FleetDesk
    help_title = "A node"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", key_display="Esc"),
        Binding("l", "live", "Live"),
        Binding("s", "ssh", "ssh"),
        Binding("x", "crashes", "Crashes"),
        Binding("L", "stream('log')", "Log"),
        Binding("t", "stream('traffic')", "Traffic"),
        Binding("z", "zoom", "Zoom", show=False),
        Binding("colon", "app.command_line", "Actions", show=False),  # the key bar has no room for it
        *(Binding(str(number), f"part({number})", f"Part {number}", show=False) for number in (1, 2, 3)),
    ]

    def __init__(self, desk: FleetDesk, node: NodeStatus) -> None:
        super().__init__(desk)
        self._node = node
        self._link, self._head = LinkLine(desk), NodeHead(desk, node)
        self._plugins, self._readings, self._events = PluginList(desk), NodeReadings(desk), EventList(desk)
        self._is_zoomed = False

    @property
    def node(self) -> NodeStatus:
        """The node as it is now; as it was last, if nothing is known of it any more."""
        detail = self.desk.detail
        if detail is not None:
            self._node = detail.status
        return self._node

    @property
    def _parts(self) -> tuple[RowList, ...]:
        return self._plugins, self._readings, self._events

    def compose(self) -> ComposeResult:
        """The head, the parts and the keys."""
        yield self._link
        yield self._head
        yield from self._parts
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Let the keys act on the plugins."""
        self._plugins.focus()
        self.call_after_refresh(lambda: self.update(self.desk.now_ns()))

    def on_descendant_focus(self) -> None:
        """Give the part with the focus more room."""
        self.set_class(self.focused is not self._plugins, "-below")

    def on_resize(self, event: events.Resize) -> None:
        """Show all parts, or one at a time if there is too little room."""
        self._arrange(event.size.height)

    def update(self, now_ns: int) -> None:
        """Show what is new."""
        self._link.paint()
        self._head.update()
        self._plugins.update()
        self._readings.update(now_ns)
        self._events.update()

    def action_part(self, number: int) -> None:
        """Go to a part."""
        part = self._parts[number - 1]
        part.display = True
        self.set_focus(part)
        self._arrange(self.size.height)

    def action_next(self, step: int) -> None:
        """Go to the next part (1) or the previous one (-1)."""
        focused = self.focused
        place = self._parts.index(focused) if isinstance(focused, RowList) and focused in self._parts else 0
        self.action_part((place + step) % len(self._parts) + 1)

    def action_zoom(self) -> None:
        """Give the part with the focus the whole screen, or show the others again."""
        self._is_zoomed = not self._is_zoomed
        self._arrange(self.size.height)

    def _arrange(self, height: int) -> None:
        is_alone = self._is_zoomed or height < LOW
        focused = self.focused if self.focused in self._parts else self._plugins
        for part in self._parts:
            part.display = part is focused or not is_alone
            others = [_title(each) for each in self._parts if each is not part] if is_alone else []
            part.border_title = Content(f"{_title(part)} (Tab: {', '.join(others)})" if others else _title(part))
        self.set_class(is_alone, "-alone")

    def action_leave(self) -> None:
        """Show all rows again if a filter hides some; else end the zoom; else go back to all nodes."""
        focused = self.focused
        if isinstance(focused, PluginList | NodeReadings | EventList) and focused.clear_filters():
            return
        if self._is_zoomed:
            self.action_zoom()
            return
        self.desk.close_node()
        self.dismiss()

    def action_live(self) -> None:
        """Show the node's own screen, over the broker."""
        self.desk.open_live(self.node)

    def action_ssh(self) -> None:
        """Show the node's own screen, over ssh."""
        self.desk.open_ssh(self.node)

    def action_crashes(self) -> None:
        """Ask the node for its crashes."""
        from tui.fleet.crashes import show_crashes  # noqa: PLC0415 - rarely needed

        show_crashes(self.desk, self.node)

    def action_stream(self, kind: str) -> None:
        """Ask the node for its log or its transfers, for a while."""
        from tui.fleet.stream_screen import show_stream  # noqa: PLC0415 - rarely needed

        show_stream(self.desk, self.node, kind)

    def on_plugin_list_wanted(self, message: PluginList.Wanted) -> None:
        """Show all that is known of a plugin."""
        self.desk.open_sheet(PluginSheet(self.desk, self.node.name, message.plugin))

    def on_event_list_wanted(self, message: EventList.Wanted) -> None:
        """Show all of an event: a crash as a report, anything else as it came."""
        from tui.fleet.crashes import show_crash  # noqa: PLC0415 - rarely needed

        event = message.event
        if event.kind == "crash" and show_crash(self.desk, self.node, event):
            return
        title = f"{safe(event.kind, 20)} on {self.node.name}"
        self.desk.open_sheet(Sheet(self.desk, title, lambda width: event_lines(event, self.desk.look, width)))


def _title(part: RowList) -> str:
    """The name of a part, with the key that goes to it."""
    return str(getattr(part, "help_title", ""))
