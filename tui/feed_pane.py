"""The base of the log and the traffic: panes that follow the newest line, pause, and filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.quick_dataclass import replace
from hostcore.view.feed import Feed
from tui.desk import Desk
from tui.filtering import FILTER, FILTERED, FilteredPane, Wanted
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.text import counted

T = TypeVar("T")


class FeedPane(FilteredPane, Generic[T]):
    """A list that grows at its end. It follows the last line until the person moves up.

    Args:
        desk: the screen around it.
        id: Textual's name of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "follow", "Follow"),
        FILTER,
        Binding("p", "plugin", "Plugin"),
    ]

    def __init__(self, desk: Desk, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(desk, id=id)
        self.follows = True
        self.plugin = ""
        """Show only this plugin's lines; "" shows all."""

    @property
    def feed(self) -> Feed[T]:
        """The lines, and those of them that pass the filters."""
        raise NotImplementedError

    def text_of(self, item: T) -> str:
        """The text in which a text filter looks."""
        raise NotImplementedError

    def plugin_of(self, item: T) -> str:
        """The plugin whose line it is."""
        raise NotImplementedError

    def other_filters(self) -> list[str]:
        """The filters that only this kind of pane has and that are set, in words."""
        return []

    def is_wanted(self, item: T) -> bool:
        """Whether a line passes all filters."""
        if self.plugin and self.plugin_of(item) != self.plugin:
            return False
        return not self.wanted.text or bool(self.wanted.found_in(self.text_of(item)))

    @property
    def shows_whole(self) -> bool:
        """While it follows the newest line, nobody has chosen one."""
        return not self.follows

    def passes_all(self) -> bool:
        """Whether every line is shown."""
        return not self._is_filtered

    def row_numbers(self) -> range:
        """The lines that pass the filters."""
        return range(self.feed.shown.first, self.feed.shown.end)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the lines, or why there are none."""
        if self.row_numbers():
            return super().draw(width, height)
        words = FILTERED if self._is_filtered else "nothing yet"
        return [[Segment(words, self.look.muted)]]

    def note(self) -> str:
        """The filters, and whether the pane is paused."""
        filters = [self.plugin] if self.plugin else []
        filters += self.other_filters()
        filters += self.wanted.note()
        if not self.follows:
            filters.append(f"PAUSED, {counted(max(0, self.feed.shown.end - 1 - self.cursor), 'line')} below")
        return ", ".join(filters)

    def choose(self) -> None:
        """Apply the filters, and go to the newest line that passes them."""
        self.feed.choose(None if self.passes_all() else self.is_wanted)
        self.refill()
        self.action_last()
        self.follows = True
        self.update(self.desk.now_ns())

    def clear_filters(self) -> bool:
        """Show all lines again."""
        if not self._is_filtered:
            return False
        self.reset()
        self.choose()
        return True

    def chosen_layout(self) -> PaneLayout:
        """The filters."""
        return replace(super().chosen_layout(), plugin=self.plugin)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter as before, and follow the newest line."""
        self.plugin = layout.plugin
        super().take_layout(layout)

    def reset(self) -> None:
        """Set all filters so that they let everything pass."""
        self.plugin, self.wanted = "", Wanted("")

    @property
    def _is_filtered(self) -> bool:
        return bool(self.plugin or self.wanted.text or self.other_filters())

    def action_follow(self) -> None:
        """Follow the newest line, or pause."""
        if self.follows:
            self.follows = False
            self.moved()
        else:
            self.action_last()
            self.follows = True

    def action_plugin(self) -> None:
        """Show only the next plugin's lines; after the last plugin, show all lines."""
        names = ["", *self.plugins]
        place = names.index(self.plugin) if self.plugin in names else 0
        self.show_only(names[(place + 1) % len(names)])

    @property
    def plugins(self) -> list[str]:
        """The plugins that have lines, in the order of their first ones."""
        return list(dict.fromkeys(self.plugin_of(item) for item in self.feed.items.all()))

    def show_only(self, plugin: str) -> None:
        """Show only this plugin's lines; "" shows all."""
        self.plugin = plugin
        self.choose()
