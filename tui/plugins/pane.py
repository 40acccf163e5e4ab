"""The plugins: a row for each, with its state and its counters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size

from hostcore.events import State
from hostcore.quick_dataclass import dataclass, replace
from hostcore.view.condition import Condition, reason_for
from hostcore.view.offers import offers
from hostcore.view.plugins import PluginStatus
from hostcore.view.view import View
from tui.desk import Desk
from tui.filtering import FILTER, FILTERED
from tui.finding_words import ink_of, sentence_of
from tui.health_words import stuck_words
from tui.lines import Line, width_of
from tui.plugins.actions import PluginActions, answer_requests
from tui.plugins.state_words import words_for
from tui.row_list import MOST_WHOLE
from tui.sorting import SortedPane, Sorting, SortKey
from tui.text import age, counted, fit, safe, size, span
from tui.time_travel import STEP
from tui.wrapping import overflow, wrapped


@dataclass(frozen=True, slots=True)
class Column:
    """One column of numbers."""

    title: str
    width: int
    value: Callable[[PluginStatus], int]
    """What the column counts or measures, for sorting."""
    text: Callable[[PluginStatus], str]
    is_bad: Callable[[PluginStatus], bool] = lambda plugin: False
    """Whether the number should stand out."""


def _worst(plugin: PluginStatus) -> str:
    """The duration of the longest call since the statistics began, or the most that it can be."""
    return ("≤" if plugin.has_older_worst else "") + span(plugin.counters.call_max_ns)


def _count(title: str, width: int, count: Callable[[PluginStatus], int], *, alarms: bool = False) -> Column:
    """Make a column of counts, which stand out if `alarms`, unless they are 0."""
    return Column(title, width, count, lambda plugin: str(count(plugin)), lambda plugin: alarms and count(plugin) > 0)


STATE = 14
"""Width of the column of states."""
LEAST_NAME, MOST_NAME = 12, 24
"""Widths that the column of names may have."""
CAUSE = 10
"""The least width of the last column; on wide screens it gets a fifth. The numbers leave it more, as far as the longest
cause needs it and has no more than half of the row."""
COLUMNS = (
    _count("crash", 6, lambda plugin: plugin.crash_count, alarms=True),
    _count("error", 6, lambda plugin: plugin.recent.errors, alarms=True),
    Column(
        "call", 9, lambda plugin: plugin.counters.call_p50_ns,
        lambda plugin: span(plugin.counters.call_p50_ns) if plugin.counters.calls else "-",
    ),
    Column(
        "worst", 9, lambda plugin: plugin.counters.call_max_ns,
        lambda plugin: _worst(plugin) if plugin.recent.calls else "-",
    ),
    Column(
        "memory", 10, lambda plugin: plugin.counters.memory_bytes,
        lambda plugin: size(plugin.counters.memory_bytes) if plugin.counters.memory_bytes else "-",
    ),
    _count("restarts", 9, lambda plugin: plugin.recent.restarts),
    _count("calls", 8, lambda plugin: plugin.recent.calls),
    _count("denied", 8, lambda plugin: plugin.recent.denied, alarms=True),
)  # fmt: skip
"""The most important first: a narrow pane leaves out the last ones."""


def sort_keys(view: View) -> dict[str, SortKey[PluginStatus]]:
    """Return how each column sorts the plugins. Those in the worst condition come first."""
    return {
        "plugin": SortKey(lambda plugin: plugin.name, is_descending=False),
        "state": SortKey(lambda plugin: -view.condition_of(plugin).rank),
        **{column.title: SortKey(column.value) for column in COLUMNS},
        "cause": SortKey(lambda plugin: plugin.cause or None, is_descending=False),
    }


class PluginsPane(SortedPane, PluginActions):
    """A table of all plugins.

    Args:
        desk: the screen around it.
    """

    number = 2
    title = "Plugins"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Details", key_display="Enter"),
        *(replace(each, show=True) if each is STEP else each for each in PluginActions.BINDINGS),
        FILTER,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="plugins")
        self.sorting = Sorting(sort_keys(self.view))
        self._rows: Sequence[PluginStatus] = self.view.plugins.all()
        self._rows_asked = self._longest_cause = 0
        self._offered: object = None

    def row_numbers(self) -> range:
        """All plugins."""
        return range(len(self._rows))

    def columns_in_sight(self) -> Iterable[str]:
        """The titles of the columns in sight."""
        return ["plugin", "state", *(column.title for column in self._columns(self.content_size.width)), "cause"]

    def note(self) -> str:
        """How many requests wait for a person, and how many plugins are out of sight."""
        requests = sum(len(offers(plugin)) for plugin in self.view.plugins.all())
        parts = [f"{counted(requests, 'request')}: press g"] if requests else []
        return ", ".join([*parts, *self.wanted.note(), *self.sorting.note(), *self.out_of_sight()])

    def heading(self, width: int) -> Line | None:
        """The columns' titles."""
        head = self.sorting.head
        numbers = [head(column.title, column.width, self.look, right=True) for column in self._columns(width)]
        name, state = head("plugin", _name(width), self.look), head("state", STATE, self.look)
        return [name, state, *numbers, Segment("  "), head("cause", CAUSE, self.look)]

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        plugin = self._rows[number]
        look = self.look
        retry = age(plugin.retry_ns - self.desk.now_ns()) if plugin.retry_ns else ""
        state = words_for(plugin, self.view, look).segment(STATE, retry)
        line = [Segment(fit(plugin.name, _name(width) - 1) + " "), state]
        for column in self._columns(width):
            ink = look.bad if column.is_bad(plugin) else look.plain
            line.append(Segment(fit(column.text(plugin), column.width, right=True), ink))
        return [*line, Segment("  "), *self._cause(plugin)]

    def _cause(self, plugin: PluginStatus) -> Line:
        look, condition = self.look, self.view.condition_of(plugin)
        if condition is Condition.BUS_STUCK and (bus := self.view.health.stuck_bus_of(plugin.name)):
            return [Segment(stuck_words(bus), look.bad)]
        trouble = self.view.finding_about(plugin)
        if trouble is not None:
            return [Segment(sentence_of(trouble.finding), ink_of(trouble.finding, look))]
        if plugin.requests and plugin.state is State.RUNNING:
            return [Segment(f"asks for {', '.join(str(each.permission) for each in offers(plugin))}", look.warn)]
        if plugin.lacks_libraries:
            missing = plugin.rejected or plugin.cause
            words = f"fetch failed: {plugin.fetch_error}" if plugin.fetch_error else f"f fetches: {missing}"
            return [Segment(safe(words), look.warn)]
        is_down = plugin.state in (State.BACKOFF, State.QUARANTINED)
        old = f" ({age(self.desk.now_ns() - plugin.since_ns)})" if plugin.since_ns and is_down else ""
        ink = look.plain if condition.is_troubled else look.muted
        return [Segment(safe(reason_for(plugin, None)), ink), Segment(old, look.muted)]

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin under the cursor; None if there are no plugins."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for the heading, all plugins, and the whole cause of one. Textual calls this."""
        return len(self.row_numbers()) + 1 + (self._whole_height(width) if self.has_focus else 0)

    def _whole_height(self, width: int) -> int:
        """The most lines that the whole cause of a plugin takes below the rows; 0 if none is cut."""
        cut = (overflow(self.row(number, width), width) for number in self.row_numbers())
        return min(MOST_WHOLE, max((len(list(wrapped(*each, width - 2))) for each in cut if each[0]), default=0))

    def update(self, now_ns: int) -> None:
        """Show what is new. Plugins may have come or gone, and other orders may be possible."""
        self._arrange()
        height = self.get_content_height(self.size, self.size, self.content_size.width)
        if self._rows_asked != height:
            self._rows_asked = height
            self.refresh(layout=True)
        chosen = self.chosen
        offered = self._asking is not None, chosen and (chosen.state, chosen.lacks_libraries)
        if self._offered != offered:
            self._offered = offered
            self.refresh_bindings()
        super().update(now_ns)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the plugins in their order."""
        self._arrange()
        yield from super().draw(width, height)
        if self.wanted.text and not self._rows:
            yield [Segment(FILTERED, self.look.muted)]

    def _arrange(self) -> None:
        """Choose the plugins that pass the filter, and put them into their order: by themselves, the worst come first.

        The cursor stays on its plugin, unless it is at the top where no key acts on it.
        """
        wanted = [plugin for plugin in self.view.plugins.all() if self._is_wanted(plugin)]
        chosen, self._rows = self.chosen, self.sorting.sorted(sorted(wanted, key=self._urgency))
        if (self.cursor or self.has_focus) and chosen in self._rows:
            self.keep_cursor_on(self._rows.index(chosen))
        self._longest_cause = max((width_of(self._cause(each)) for each in self._rows), default=0)

    def _urgency(self, plugin: PluginStatus) -> int:
        """How early a plugin comes. Those that need no look stay in the order of host.toml."""
        condition = self.view.condition_of(plugin)
        return condition.rank if condition.is_troubled else len(Condition)

    def _columns(self, width: int) -> list[Column]:
        """The columns that fit beside the cause."""
        cause = max(CAUSE, width // 5, min(self._longest_cause, width // 2))
        left = width - _name(width) - STATE - cause - 2
        chosen = []
        for column in COLUMNS:
            if column.width > left:
                break
            chosen.append(column)
            left -= column.width
        return chosen

    def _is_wanted(self, plugin: PluginStatus) -> bool:
        if not self.wanted.text:
            return True
        words = words_for(plugin, self.view, self.look).word
        return bool(self.wanted.found_in(f"{plugin.name} {words} {plugin.cause}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only keys that would do something."""
        return self._asking is not None if action == "requests" else self.allows(action, parameters)

    @property
    def _asking(self) -> PluginStatus | None:
        """The plugin whose requests `g` shows: the chosen one, or else the first that asks; None if none does."""
        if self.chosen is not None and self.chosen.requests:
            return self.chosen
        return next((plugin for plugin in self._rows if plugin.requests), None)

    def action_requests(self) -> None:
        """Show what a plugin asks for, and move the cursor to it."""
        if (asking := self._asking) is not None:
            self.go(self._rows.index(asking))
            answer_requests(self.desk, asking)

    def moved(self) -> None:
        """Draw again, and offer the orders that the plugin under the cursor can take."""
        super().moved()
        self.refresh_bindings()

    def action_open(self) -> None:
        """Show all that is known of the plugin."""
        from tui.plugins.detail import DetailScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None:
            self.desk.open_sheet(DetailScreen(self.desk, self.chosen.name))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()


def _name(width: int) -> int:
    """The width of the column of names in a row of `width` cells."""
    return max(LEAST_NAME, min(width // 5, MOST_NAME))
