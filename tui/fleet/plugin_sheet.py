"""All that is known of one plugin of a node, on the whole screen, as it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.fleet.model import NodeDetail, PluginStatus
from tui.document import Document
from tui.fleet.desk import FleetDesk
from tui.fleet.node_words import node_now_ns
from tui.fleet.plugin_words import plugin_lines
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.text import safe


class PluginSheet(LiveScreen):
    """What a node says of a plugin. It grows old before the person's eyes, as all else on the screen.

    Args:
        desk: the screen around it.
        node: the name of the node.
        plugin: the plugin, as it was when it was chosen.
    """

    desk: FleetDesk
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: FleetDesk, node: str, plugin: PluginStatus) -> None:
        super().__init__(desk)
        self._node, self._plugin = node, plugin
        self._document = Document(desk)

    def compose(self) -> ComposeResult:
        """The lines and the keys."""
        yield self._document
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content(f"{safe(self._plugin.name, 80)} on {self._node}")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the lines for the new width."""
        self.call_after_refresh(self._fill)

    def update(self, now_ns: int) -> None:
        """Show what is new."""
        self._fill()

    def _fill(self) -> None:
        self._document.show(self._lines(self._document.content_size.width or 60))

    def _lines(self, width: int) -> Iterable[Line]:
        detail, look = self.desk.detail, self.desk.look
        found = self._found(detail)
        self._plugin = found or self._plugin
        if found is None:
            yield [Segment("  it is none of the node's plugins any more; this was told of it last:", look.warn)]
        now_ns = self.desk.now_ns()
        now_ns = node_now_ns(detail.status, now_ns) if detail else now_ns
        is_stale = detail is None or found is None or detail.status.is_stale
        yield from plugin_lines(self._plugin, look, width, now_ns, is_stale=is_stale)

    def _found(self, detail: NodeDetail | None) -> PluginStatus | None:
        plugins = detail.plugins if detail else ()
        return next((each for each in plugins if each.name == self._plugin.name), None)
