"""All that is known of one plugin, on the full screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from hostcore.view.plugins import PluginStatus
from tui.bars.key_bar import KeyBar
from tui.document import Document
from tui.live import Live
from tui.plugins.actions import PluginActions
from tui.plugins.report import Report
from tui.rows import Line


class DetailScreen(Screen[None], PluginActions, Live):
    """One plugin; goes on while one looks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", key_display="Esc"),
        Binding("left", "crash(-1)", "Earlier crash", key_display="left"),
        Binding("right", "crash(1)", "Later crash", key_display="right"),
        *PluginActions.BINDINGS,
    ]

    def __init__(self, plugin: str) -> None:
        super().__init__()
        self._plugin = plugin
        self._document = Document()
        self._back = 0

    def compose(self) -> ComposeResult:
        """The report and the keys."""
        yield self._document
        yield KeyBar()

    def on_mount(self) -> None:
        """Name it."""
        self._document.border_title = Content(f"Plugin {self._plugin}")
        self._document.focus()

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.call_after_refresh(self._fill)

    def update(self, now_ns: int) -> None:
        """Something has happened."""
        self._fill()

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin, while there is one of this name."""
        return self._document.host_app.view.plugins.get(self._plugin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that would do something are offered."""
        if action == "crash":
            return self.chosen is not None and len(self.chosen.crashes) > 1
        return self.allows(action, parameters)

    def action_crash(self, step: int) -> None:
        """Show an earlier or later crash."""
        if self.chosen is not None:
            self._back = max(0, min(self._back - step, len(self.chosen.crashes) - 1))
            self._fill()

    def _fill(self) -> None:
        app, width = self._document.host_app, self._document.content_size.width
        lines: list[Line] = []
        if self.chosen is not None:
            lines += Report(self.chosen, app.view, app.look, width, app.now_ns()).lines(self._back)
        self._document.show(lines)
        self.refresh_bindings()
