"""The command palette."""

from __future__ import annotations

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandInput, CommandList, CommandPalette
from textual.message import Message
from textual.widgets import Input, OptionList

LONGEST_SEARCH = 100
"""The most characters to search for. Each key starts a search that takes longer, the longer the text is."""


class Palette(CommandPalette):
    """Textual's palette, without two of its crashes.

    One is a page key while the list is too low to show a line. The other is a key that arrives when the palette has
    closed already, such as a second Enter: it would close the screen below too, which ends the program.
    """

    _has_closed = False

    def on_mount(self) -> None:
        """Bound the field."""
        self.query_one(CommandInput).max_length = LONGEST_SEARCH

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette. Textual calls this."""
        self._has_closed = True
        return super().dismiss(result)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _ignore_late(self, event: Message) -> None:
        if self._has_closed:
            event.prevent_default()

    def _action_escape(self) -> None:
        if not self._has_closed:
            super()._action_escape()

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)
