"""What the command palette offers: everything that a key does anywhere on the screen, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import CommandList, CommandPalette

if TYPE_CHECKING:
    from tui.app import HostApp


class Palette(CommandPalette):
    """Textual's, which a key that turns the page breaks where its list has no room yet for a line."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


def commands(app: HostApp) -> Iterator[SystemCommand]:
    """Each with a few words on what it does."""
    for pane in app.panes.offered:
        yield SystemCommand(pane.title, "Go to this pane", partial(app.panes.go_to, pane.number))
    yield SystemCommand("Zoom", "The current pane on the whole screen, and back", app.panes.zoom)
    yield SystemCommand("New driver", "How to write a first driver", app.action_first_driver)
    yield SystemCommand("Help", "What every pane shows and every key does", app.action_help)
    yield SystemCommand("Theme", "Choose other colours", app.action_change_theme)
    yield SystemCommand("Redraw", "Write every cell of the screen again", app.action_redraw)
    yield SystemCommand("Quit", "Stop all plugins and quit", partial(app.exit, 0))
