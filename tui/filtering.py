"""Panes whose rows a person can filter by a text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding

from tui.desk import Desk
from tui.layouts.layout import PaneLayout
from tui.pane import Pane
from tui.text import safe

FILTER = Binding("slash", "filter", "Filter", key_display="/")
"""The key of every pane that can be filtered. Each pane puts it where it belongs among its keys."""

QUESTION = "Find (text or regular expression)"
"""What `FILTER` asks for."""

FILTERED = "nothing passes the filters: Esc clears them"
"""What stands in place of the rows if all are filtered out."""


class Wanted:
    """A text to find. It is a regular expression if it is a valid one, else plain text. Case does not matter.

    Args:
        text: the text; "" is found everywhere.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_plain = False
        """Whether it is no valid regular expression, and so found literally."""
        try:
            with warnings.catch_warnings(action="ignore"):  # Python would write about "[[" onto the screen
                pattern = re.compile(text, re.IGNORECASE)
        except (re.error, ValueError, OverflowError, RecursionError):  # contradictory, too large a number, too deep
            self.is_plain = True
            pattern = re.compile(re.escape(text), re.IGNORECASE)
        self.found_in: Callable[[str], object] = pattern.search

    def note(self) -> list[str]:
        """The filter in words, for the corner of the pane; nothing if there is none."""
        return [f"{'text' if self.is_plain else 'find'} {safe(self.text, 100)}"] if self.text else []


class FilteredPane(Pane):
    """A pane that shows only the rows with a text, if a person wants that.

    Attributes:
        wanted: the text.
    """

    QUESTION: ClassVar[str] = QUESTION
    """What `/` asks for."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(desk, id=id)
        self.wanted = Wanted("")

    def choose(self) -> None:
        """Show the rows that pass the filters now."""
        self.update(self.desk.now_ns())

    def set_filter(self, text: str) -> None:
        """Show only the rows with a text; all if it is blank."""
        self.wanted = Wanted(text.strip())
        self.choose()

    def clear_filters(self) -> bool:
        """Show all rows again. Returns False if all were shown."""
        was_set = bool(self.wanted.text)
        self.set_filter("")
        return was_set

    def chosen_layout(self) -> PaneLayout:
        """The text filter."""
        return replace(super().chosen_layout(), text=self.wanted.text)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter by a text, or not."""
        super().take_layout(layout)
        self.set_filter(layout.text)

    async def action_filter(self) -> None:
        """Ask for a text, and show only the rows that have it."""
        await self.desk.ask(self.QUESTION, self.wanted.text, live=self.set_filter)
