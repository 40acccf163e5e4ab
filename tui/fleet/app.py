"""The screen of a fleet: all nodes of a broker, and one of them if a person opens it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.theme import Theme

from hostcore.errors import NoThreadError, ScreenMemoryError
from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import replace
from hostcore.threads import HostThread
from tui.fleet.addresses import Addresses
from tui.fleet.head import FleetHead, LinkLine
from tui.fleet.node_app import NodeApp, import_node
from tui.fleet.nodes_pane import NodesPane
from tui.fleet.source import FleetSource
from tui.fleet.state import PANE, FleetState
from tui.key_bar import KeyBar
from tui.layouts.layout import Layout, PaneLayout
from tui.layouts.memory import Memory
from tui.live_screen import LiveScreen
from tui.look import look_for
from tui.terminal import Terminal
from tui.text import NS_PER_S, safe

if TYPE_CHECKING:
    from tui.actions.action import Action

PACE_S = 0.4
"""Seconds from one look at the source to the next. A person cannot read faster, and keys wait for none of them."""
TICK_NS = NS_PER_S
"""The most nanoseconds between two updates: ages change without messages."""
STYLES = ("../app.tcss", "../readings/pane.tcss", "fleet.tcss")


class FleetApp(NodeApp):
    """The screen of all nodes of a broker.

    Args:
        source: knows the nodes.
        broker: the broker and the prefix, as a person would write them.
        state: how the screen was left for that of a node; None for a first time.
        memory: what the screen remembers; by default nothing beyond this app.
        addresses: how ssh reaches the nodes; by default none are known.
        terminal: what can be drawn; by default what this process's terminal can draw.
        now_ns: the wall clock, in nanoseconds since the Unix epoch.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).parent / each for each in STYLES]
    TITLE = "wasi-host fleet"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next(1)", "Next part", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Previous part", show=False, priority=True),
        Binding("escape", "leave", "Show all", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False, priority=True),
        Binding("colon", "command_line", "Actions", key_display=":"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        source: FleetSource,
        broker: str,
        *,
        state: FleetState | None = None,
        memory: Memory | None = None,
        addresses: Addresses | None = None,
        terminal: Terminal | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        super().__init__(source, broker, addresses or Addresses(), terminal, now_ns)
        self._memory = memory or Memory()
        self._state = state or FleetState(_layout_in(self._memory.left))
        self._table = NodesPane(self)
        self._drawn: object = None
        """What the last update was for."""
        self._drawn_ns = 0
        if not (self.terminal.is_console or self.terminal.no_color) and self._memory.theme in self.available_themes:
            self.theme = self._memory.theme

    def compose(self) -> ComposeResult:
        """The head, the nodes and the keys."""
        yield FleetHead(self)
        yield LinkLine(self)
        yield self._table
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Show the nodes, as they were left."""
        self._table.border_title = Content(f"Nodes on {safe(self.broker)}")
        self._table.take_state(self._state)
        self._table.focus()
        self.app_resume_signal.subscribe(self, lambda _: self._shown.forget())
        self.theme_changed_signal.subscribe(self, self._restyle)
        self.set_interval(PACE_S, self._look)
        if self._state.opened is not None:
            self.open_node(self._state.opened)
        if self._state.told:
            self.call_after_refresh(self._complain, self._state.told)

    def on_ready(self) -> None:
        """Collect garbage again, which waited for the first frame (see `tui.__main__`). Textual calls this."""
        gc.freeze()
        gc.enable()
        self.update_panes()
        with suppress(NoThreadError):  # then the first node opens a little later
            HostThread(import_node, "fleet imports").start()

    def on_unmount(self) -> None:
        """Stop the threads, and remember how the screen is left. Textual calls this."""
        self.stop_asking()
        has_theme = not (self.terminal.is_console or self.terminal.no_color)
        layout = None if self.defect else Layout(panes=(self._table.chosen_layout(),))
        with suppress(ScreenMemoryError):  # nobody sees the screen any more, and nothing else is lost
            self._memory.leave(self.theme if has_theme else self._memory.theme, layout)

    @property
    def state(self) -> FleetState:
        """How the screen is now, to come back to it."""
        return replace(self._table.state, opened=self.opened)

    def _restyle(self, theme: Theme) -> None:
        self.look = look_for(self.terminal, theme.ansi)
        self.update_panes()

    def _look(self) -> None:
        """Look at the source, and draw what is new, or what has grown old."""
        self.take_in()
        fleet, now_ns = self.fleet, self.now_ns()
        seen = fleet.nodes, fleet.link, self.detail
        if seen != self._drawn or not 0 <= now_ns - self._drawn_ns < TICK_NS:
            self._drawn, self._drawn_ns = seen, now_ns
            self.update_panes()

    def update_panes(self) -> None:
        """Bring everything in sight up to date."""
        now_ns = self.now_ns()
        for screen in self.screen_stack[1:]:
            if isinstance(screen, LiveScreen):
                screen.update(now_ns)
        if len(self.screen_stack) == 1:  # there is none while the app ends
            for each in (FleetHead, LinkLine):
                self.query_one(each).paint()
            self._table.update(now_ns)

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._shown.forget()
        self.call_after_refresh(self.update_panes)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore the keys of the nodes while another screen lies over them."""
        return len(self.screen_stack) == 1 if action == "leave" else True

    def action_leave(self) -> None:
        """Clear the filter."""
        self._table.clear_filters()

    def action_next(self, step: int) -> None:
        """Go to the next (1) or previous (-1) part of a node."""
        if len(self.screen_stack) == 1:
            return
        from tui.fleet.node_screen import NodeScreen  # noqa: PLC0415 - the first frame should not wait for it

        if isinstance(self.screen, NodeScreen):
            self.screen.action_next(step)

    def action_help(self) -> None:
        """Show the help. What has the focus comes first."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - rarely needed
        from tui.fleet.help import help_lines  # noqa: PLC0415

        subject = str(getattr(self.screen, "help_title", ""))
        self.push_screen(Sheet(self, "Help", lambda width: help_lines(self.look, width, subject)))

    def actions(self) -> Iterator[Action]:
        """Yield everything that a person can do by name. See `CommandApp`."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for these
        from tui.fleet.actions import fleet_actions  # noqa: PLC0415

        node = self.detail.status if self.detail is not None else self._table.chosen
        yield from fleet_actions(self, self._table, node, self._go_to)
        yield from self.appearance_actions()
        yield Action("quit", "Leave; the nodes go on", partial(self.exit, 0), "q")

    def close_sheets(self) -> None:
        """Go back to the nodes. See `CommandApp`."""
        self.close_node()
        super().close_sheets()
        self.call_after_refresh(self.update_panes)

    def _go_to(self, node: NodeStatus) -> None:
        """Show the page of a node, with nothing over it."""
        from tui.fleet.node_screen import NodeScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.opened is None or self.opened.name != node.name:
            self.close_sheets()
            self.open_node(node)
        while not isinstance(self.screen, NodeScreen):
            self.pop_screen()

    async def action_quit(self) -> None:
        """Leave. The nodes go on."""
        self.wish = None
        self.exit(0)


def _layout_in(left: Layout | None) -> PaneLayout:
    """Return the order in which the nodes were left the last time. An old filter would hide what is wrong by now."""
    found = next((each for each in left.panes if each.pane == PANE), None) if left else None
    return replace(found, text="") if found else PaneLayout(PANE)
