"""The permissions that a plugin asks for. A person grants or refuses them."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events import AccessDenied
from hostcore.permissions import use_of
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk
from tui.dialogs import Confirm
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.row_list import RowList
from tui.text import fit, safe


class RequestList(RowList):
    """A row for each permission.

    Args:
        desk: the screen around it.
        plugin: the plugin.
    """

    def __init__(self, desk: Desk, plugin: PluginStatus) -> None:
        super().__init__(desk)
        self._plugin = plugin

    @property
    def requests(self) -> list[AccessDenied]:
        """The open requests."""
        return list(self._plugin.requests.values())

    def row_numbers(self) -> range:
        """All requests."""
        return range(len(self.requests))

    def row(self, number: int, width: int) -> Line:
        """Make one row: the permission, how often it was denied at least, and why."""
        request = self.requests[number]
        text = f"{fit(str(request.permission), 24)} {f'≥{request.count}':>6}x  "
        return [Segment(text, self.look.strong), Segment(safe(request.reason), self.look.muted)]


class RequestsScreen(LiveScreen):
    """The requests of one plugin.

    Args:
        desk: the screen around it.
        plugin: the plugin.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g,enter", "grant", "Grant ...", key_display="g"),
        Binding("x", "refuse", "Refuse"),
        Binding("escape,q", "dismiss", "Later", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, plugin: PluginStatus) -> None:
        super().__init__(desk)
        self._plugin = plugin
        self._rows = RequestList(desk, plugin)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._rows
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._rows.border_title = Content(f"{self._plugin.name} asks for what it was denied")
        self._rows.focus()

    def update(self, now_ns: int) -> None:
        """Draw again: there may be more requests."""
        self._rows.paint()

    @property
    def _chosen(self) -> AccessDenied | None:
        requests = self._rows.requests
        return requests[self._rows.cursor] if self._rows.cursor < len(requests) else None

    def action_grant(self) -> None:
        """Ask for a yes, then grant the chosen request."""
        request = self._chosen
        if request is None or not self.desk.may_change():
            return
        config = self.desk.view.facts.config_file

        def answered(yes: bool | None) -> None:
            if yes:
                self._grant(request)

        self.desk.open_sheet(
            Confirm(
                self.desk,
                f"Let {self._plugin.name} {use_of(request.permission)}?",
                [
                    safe(request.reason),
                    f'"{request.permission}" is written into {config}, and holds until it is removed there.',
                    "The plugin can then do everything that the device can do.",
                ],
                verb="Grant it",
            ),
            answered,
        )

    def _grant(self, request: AccessDenied) -> None:
        def granted() -> None:
            self._plugin.drop_request(request.permission)
            self._next()

        self.desk.attempt(lambda: self.desk.session.grant(request.plugin, (request.permission,)), granted)

    def action_refuse(self) -> None:
        """Refuse the chosen request. It is not shown again while this program runs."""
        request = self._chosen
        if request is not None:
            self._plugin.refuse(request.permission)
            self._next()

    def _next(self) -> None:
        if self._plugin.requests:
            self._rows.paint()
        elif self.is_current:
            self.dismiss()
