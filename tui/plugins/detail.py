"""Everything that is known about one plugin, on the full screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events import PluginCrashed
from hostcore.quick_dataclass import replace
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk
from tui.document import Document
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.live_screen import LiveScreen
from tui.plugins.actions import PluginActions
from tui.plugins.report import Report
from tui.text import safe
from tui.time_travel import STEP


class DetailScreen(LiveScreen, PluginActions):
    """The report on one plugin.

    Args:
        desk: the screen around it.
        plugin: the plugin's name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", key_display="Esc"),
        Binding("left", "crash(-1)", "Other crashes", key_display="←→"),
        Binding("right", "crash(1)", "Later crash", show=False),
        *(replace(each, show=True) if each is STEP else each for each in PluginActions.BINDINGS),
    ]

    def __init__(self, desk: Desk, plugin: str) -> None:
        super().__init__(desk)
        self._plugin = plugin
        self._document = Document(desk)
        self._crashes_back = 0

    def compose(self) -> ComposeResult:
        """The report and the keys."""
        yield self._document
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content(f"Plugin {safe(self._plugin)}")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the report for the new width."""
        self.call_after_refresh(self._fill)

    def update(self, now_ns: int) -> None:
        """Write the report again."""
        self._fill()

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin; None if there is no plugin of this name any more."""
        return self.desk.view.plugins.get(self._plugin)

    @property
    def chosen_crash(self) -> PluginCrashed | None:
        """The crash that is described; None if there was none."""
        crashes = self.chosen.crashes if self.chosen is not None else ()
        return crashes[max(0, len(crashes) - 1 - self._crashes_back)] if crashes else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        if action == "crash":
            return self.chosen is not None and len(self.chosen.crashes) > 1
        return self.allows(action, parameters)

    def action_crash(self, step: int) -> None:
        """Show an earlier or later crash."""
        if self.chosen is not None:
            self._crashes_back = max(0, min(self._crashes_back - step, len(self.chosen.crashes) - 1))
            self._fill()

    def _fill(self) -> None:
        desk, width = self.desk, self._document.content_size.width
        lines: list[Line] = []
        if self.chosen is not None:
            lines += Report(self.chosen, desk.view, desk.look, width, desk.now_ns()).lines(self._crashes_back)
        self._document.show(lines)
        self.refresh_bindings()
