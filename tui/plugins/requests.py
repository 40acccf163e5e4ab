"""What a plugin asks for: a person grants or refuses it."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.errors import HostError
from hostcore.events import AccessDenied
from hostcore.view.plugins import PluginStatus
from tui.bars.key_bar import KeyBar
from tui.dialogs import Confirm
from tui.live import Live
from tui.rows import Line, Rows
from tui.text import fit, safe


class Requests(Rows):
    """One row a permission."""

    def __init__(self, plugin: PluginStatus) -> None:
        super().__init__()
        self._plugin = plugin

    @property
    def requests(self) -> list[AccessDenied]:
        """What is asked for now."""
        return list(self._plugin.requests.values())

    def span(self) -> range:
        """All of it."""
        return range(len(self.requests))

    def row(self, number: int, width: int) -> Line:
        """The permission, how often it was missing, and what for."""
        request = self.requests[number]
        text = f"{fit(str(request.permission), 24)} {request.count:>5}x  "
        return [Segment(text, self.look.strong), Segment(safe(request.reason), self.look.muted)]


class RequestsScreen(Screen[None], Live):
    """The requests of one plugin."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g,enter", "grant", "Grant ...", key_display="g"),
        Binding("x", "refuse", "Refuse"),
        Binding("escape,q", "dismiss", "Later", key_display="Esc"),
    ]

    def __init__(self, plugin: PluginStatus) -> None:
        super().__init__()
        self._plugin = plugin
        self._rows = Requests(plugin)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        yield self._rows
        yield KeyBar()

    def on_mount(self) -> None:
        """Name it."""
        self._rows.border_title = Content(f"{self._plugin.name} asks for what it was denied")
        self._rows.focus()

    def update(self, now_ns: int) -> None:
        """There may be more now."""
        self._rows.paint()

    @property
    def _chosen(self) -> AccessDenied | None:
        requests = self._rows.requests
        return requests[self._rows.cursor] if self._rows.cursor < len(requests) else None

    def action_grant(self) -> None:
        """Ask, then have it written into host.toml."""
        request = self._chosen
        if request is None:
            return
        config = self._rows.host_app.view.facts.config_file

        def answered(yes: bool | None) -> None:
            if yes:
                self._grant(request)

        self.app.push_screen(
            Confirm(
                f"Let {self._plugin.name} use {request.permission}?",
                [
                    safe(request.reason),
                    f"It is written into {config}, and holds until somebody takes it out there.",
                    "A plugin that may use a device can do with it whatever the device can do.",
                ],
                verb="Grant it",
            ),
            answered,
        )

    def _grant(self, request: AccessDenied) -> None:
        app = self._rows.host_app
        try:
            app.session.grant(request.plugin, (request.permission,))
        except HostError as error:
            app.complain(str(error))
            return
        self._plugin.drop_request(request.permission)
        self._next()

    def action_refuse(self) -> None:
        """Ask no more for this until the screen is opened anew."""
        request = self._chosen
        if request is not None:
            self._plugin.refuse(request.permission)
            self._next()

    def _next(self) -> None:
        if self._plugin.requests:
            self._rows.paint()
        else:
            self.dismiss()
