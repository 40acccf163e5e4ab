"""One finding with its evidence, on the full screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from hostcore.events import FindingRaised
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk
from tui.document import Document
from tui.finding_words import evidence_lines
from tui.key_bar import KeyBar
from tui.live_screen import LiveScreen
from tui.plugins.actions import PluginActions


class FindingScreen(LiveScreen, PluginActions):
    """What a finding says, and its evidence. The keys of its plugin work here, and Enter leads to it.

    Args:
        desk: the screen around it.
        raised: the finding. It stays as it is, also when it holds no longer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "plugin", "Its plugin", key_display="Enter"),
        Binding("escape,q", "dismiss", "Back", key_display="Esc"),
        *PluginActions.BINDINGS,
    ]

    def __init__(self, desk: Desk, raised: FindingRaised) -> None:
        super().__init__(desk)
        self._raised = raised
        self._document = Document(desk)

    def compose(self) -> ComposeResult:
        """The text and the keys."""
        yield self._document
        yield KeyBar(self.desk)

    def on_mount(self) -> None:
        """Write the title into the frame."""
        finding = self._raised.finding
        self._document.border_title = Content(f"{finding.kind}, {finding.confidence}")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self.call_after_refresh(self._fill)

    def update(self, now_ns: int) -> None:
        """Write the text again: the finding grows older, and other keys may be of use."""
        self._fill()

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the finding is about; None if it is about none, or the plugin is gone."""
        return self.desk.view.plugins.get(self._raised.finding.plugin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        return self.chosen is not None if action == "plugin" else self.allows(action, parameters)

    def action_plugin(self) -> None:
        """Show all that is known of the plugin."""
        from tui.plugins.detail import DetailScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None:
            self.desk.open_sheet(DetailScreen(self.desk, self.chosen.name))

    def _fill(self) -> None:
        width = self._document.content_size.width or 60
        self._document.show(evidence_lines(self._raised, self.desk.look, width, self.desk.now_ns()))
        self.refresh_bindings()
