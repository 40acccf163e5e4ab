"""What the log and the traffic have in common: they follow the newest line, pause, and show what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.view.feed import Feed
from tui.pane import Pane
from tui.rows import Line
from tui.text import counted

T = TypeVar("T")


class Wanted:
    """A text to look for: a regular expression if it is one, else the plain text; upper and lower case alike."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_plain = False
        """Not a valid regular expression, so taken literally."""
        try:
            pattern = re.compile(text, re.IGNORECASE)
        except (re.error, ValueError, OverflowError, RecursionError):  # contradictory, too large a number, too deep
            self.is_plain = True
            pattern = re.compile(re.escape(text), re.IGNORECASE)
        self.found_in: Callable[[str], object] = pattern.search


class FeedPane(Pane, Generic[T]):
    """A list to which lines are added at the end. The last line is followed until a person moves up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "follow", "Follow/pause"),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("p", "plugin", "Plugin"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.follows = True
        self.plugin = ""
        """Show only this plugin's lines; "" shows all."""
        self.wanted = Wanted("")

    @property
    def feed(self) -> Feed[T]:
        """Where the lines come from."""
        raise NotImplementedError

    def text_of(self, item: T) -> str:
        """What a text filter is held against."""
        raise NotImplementedError

    def plugin_of(self, item: T) -> str:
        """Whose line it is."""
        raise NotImplementedError

    def other_filters(self) -> list[str]:
        """The filters of this very pane that are set, in words."""
        return []

    def is_wanted(self, item: T) -> bool:
        """Whether a line passes all filters."""
        if self.plugin and self.plugin_of(item) != self.plugin:
            return False
        return not self.wanted.text or bool(self.wanted.found_in(self.text_of(item)))

    def span(self) -> range:
        """The lines that pass the filters."""
        return range(self.feed.shown.first, self.feed.shown.end)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The lines, or why there are none."""
        if self.span():
            return super().draw(width, height)
        words = "nothing passes the filters: Esc ends them" if self._is_filtered else "nothing yet"
        return [[Segment(words, self.look.muted)]]

    def note(self) -> str:
        """The filters, and whether it is paused."""
        filters = [self.plugin] if self.plugin else []
        filters += self.other_filters()
        if self.wanted.text:
            filters.append(f"{'text' if self.wanted.is_plain else 'find'} {self.wanted.text}")
        if not self.follows:
            filters.append(f"PAUSED, {counted(max(0, self.feed.shown.end - 1 - self.cursor), 'line')} below")
        return ", ".join(filters)

    def choose(self) -> None:
        """Apply the filters, and go to the newest line that passes them."""
        self.feed.choose(self.is_wanted if self._is_filtered else None)
        self.action_last()
        self.follows = True
        self.update(self.host_app.now_ns())

    def clear_filters(self) -> bool:
        """Show all lines again."""
        if not self._is_filtered:
            return False
        self.reset()
        self.choose()
        return True

    def reset(self) -> None:
        """Set all filters to what lets everything pass."""
        self.plugin, self.wanted = "", Wanted("")

    @property
    def _is_filtered(self) -> bool:
        return bool(self.plugin or self.wanted.text or self.other_filters())

    def action_follow(self) -> None:
        """Go with the newest line, or stay where one is."""
        if self.follows:
            self.follows = False
            self.moved()
        else:
            self.action_last()
            self.follows = True

    async def action_filter(self) -> None:
        """Show only lines in which a text or a regular expression is found."""
        await self.host_app.ask("Find (text or regular expression)", self.wanted.text, live=self._set_text)

    def _set_text(self, text: str) -> None:
        self.wanted = Wanted(text)
        self.choose()

    def action_plugin(self) -> None:
        """Show the next plugin's lines only; after the last one, all again."""
        names = ["", *dict.fromkeys(self.plugin_of(item) for item in self.feed.items.all())]
        place = names.index(self.plugin) if self.plugin in names else 0
        self.plugin = names[(place + 1) % len(names)]
        self.choose()
