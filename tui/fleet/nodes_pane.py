"""The nodes: a row for each, the worst first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import replace
from tui.filtering import FILTER, FILTERED
from tui.fleet.columns import (
    STANDING,
    TAGS,
    Column,
    Seen,
    fitting_columns,
    lead,
    name_width,
    needed_columns,
    sort_keys,
)
from tui.fleet.desk import FleetDesk
from tui.fleet.node_words import GONE, ink_of, text_of, wrong_with
from tui.fleet.rows import Group, NodeRow, Row, held, place_of, rows_of
from tui.fleet.state import FleetState
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.row_list import RowList
from tui.sorting import SortedPane, Sorting
from tui.text import counted, fit, safe
from tui.wrapping import wrapped

LONGEST_PROBLEM = 500
"""Characters of what is wrong with the connection."""
STILL_S = 3.0
"""Seconds after a key or a click for which rows keep their order, so that none moves away under the person's hands."""


class NodesPane(SortedPane):
    """A table of all nodes. By themselves, the worst come first.

    A node under the cursor stays there while it moves to another place, and so does the filter. A filter that a person
    changes puts the cursor on the first node that passes it.

    Args:
        desk: the screen around it.
        clock: any clock that counts seconds.
    """

    number = 1
    title = "Nodes"
    desk: FleetDesk
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", key_display="Enter"),
        Binding("l", "live", "Live"),
        Binding("s", "ssh", "ssh"),
        Binding("g", "group", "Tags"),
        FILTER,
        Binding("S", "ssh_anew", "By ssh, to another computer", show=False),
    ]

    def __init__(self, desk: FleetDesk, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(desk, id="nodes")
        self.sorting: Sorting[NodeStatus] = Sorting(sort_keys())
        self.is_grouped = False
        self._folded: set[str] = set()
        self._clock = clock
        self._touched_s: float | None = None
        """When a person last touched the list; None if they have not yet."""
        self._rows: Sequence[Row] = ()
        self._arranged_for: object = None
        self._seen = Seen(0, "")
        self._longest_name = 0
        self._needed: Sequence[Column] = ()

    def row_numbers(self) -> range:
        """All rows."""
        return range(len(self._rows))

    @property
    def chosen_row(self) -> Row | None:
        """The row under the cursor; None if there is none."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def chosen(self) -> NodeStatus | None:
        """The node under the cursor; None if there is none there."""
        row = self.chosen_row
        return row.node if isinstance(row, NodeRow) else None

    def columns_in_sight(self) -> Iterable[str]:
        """The titles of the columns in sight."""
        columns = self._columns(self.content_size.width)
        return ["node", "state", *(column.title for column in columns), "what is wrong"]

    def note(self) -> str:
        """The filter, what sorts the rows, and how many are out of sight."""
        tags = ["by tag"] if self.is_grouped else []
        return ", ".join([*self.wanted.note(), *tags, *self.sorting.note(), *self.out_of_sight()])

    def heading(self, width: int) -> Line | None:
        """The columns' titles."""
        head = self.sorting.head
        columns: Line = []
        for each in self._columns(width):
            columns += [] if each.is_right else [Segment("  ")]
            columns.append(head(each.title, each.width - 2 * (not each.is_right), self.look, right=each.is_right))
        name, state = head("node", self._names(width) - 2, self.look), head("state", STANDING, self.look)
        return [Segment("  "), name, state, *columns, Segment("  "), head("what is wrong", 14, self.look)]

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        row = self._rows[number]
        return self._group_line(row, width) if isinstance(row, Group) else self._node_line(row.node, width)

    def _node_line(self, node: NodeStatus, width: int) -> Line:
        look = self.look
        cells = [column.segment(node, self._seen, look) for column in self._columns(width)]
        ink = look.muted if node.is_stale or node.standing.is_well else look.plain
        return [*lead(node, self._names(width), look), *cells, Segment("  "), Segment(wrong_with(node), ink)]

    def _group_line(self, group: Group, width: int) -> Line:
        """A tag, and how its nodes are: ``▾ kitchen  12 nodes, 1 OFFLINE, 2 TROUBLE``."""
        look, counts = self.look, Counter(each.standing for each in group.nodes)
        mark = "▸" if group.is_folded else "▾"
        line = [Segment(f"{mark} {fit(group.tag, min(cell_len(group.tag), width // 2))}  ", look.accent)]
        line.append(Segment(counted(len(group.nodes), "node"), look.muted))
        bad = sorted((each for each in counts if not each.is_well), key=lambda each: each.rank)
        heard = {each.standing for each in group.nodes if not each.is_stale} | GONE
        inks = {each: ink_of(each, look) if each in heard else look.muted for each in bad}
        return [*line, *(Segment(f", {counts[each]} {each.word}", inks[each]) for each in bad)]

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the nodes in their order, or why there are none."""
        self._arrange()
        yield from super().draw(width, height)
        if not self._rows:
            words = FILTERED if self.desk.fleet.nodes else self._nothing()
            yield from wrapped(words, self.look.muted, width)

    def _nothing(self) -> str:
        """Why there are no nodes."""
        link = self.desk.fleet.link
        if not link.is_connected:
            told = "no node was heard yet; there is no connection, and it is tried again: "
            return "connecting ..." if link.since is None else told + safe(link.problem, LONGEST_PROBLEM)
        return f"no node has published to {self.desk.broker} yet: turn [mqtt] on in the host.toml of one (docs/mqtt.md)"

    def _arrange(self) -> None:
        """Choose the nodes that pass the filter, and put them into their order, unless a person has just touched them.

        The cursor stays on its node. Before a person has moved it, it stays at the top, on the worst.
        """
        fleet, is_still = self.desk.fleet, self._is_still
        self._seen = Seen(self.desk.now_ns(), self._seen.usual_version)
        wanted = fleet.nodes, self.wanted, self.sorting.order, self.is_grouped, frozenset(self._folded), is_still
        if wanted == self._arranged_for:
            return
        self._arranged_for = wanted
        self._learn(fleet.nodes)
        nodes = [each for each in fleet.nodes if self._is_wanted(each)]
        rows = rows_of(self.sorting.sorted(nodes), is_grouped=self.is_grouped, folded=self._folded)
        chosen = self.chosen_row
        self._rows = held(rows, self._rows) if is_still else rows
        if chosen is not None and self._touched_s is not None:
            place = place_of(self._rows, lambda row: row.key == chosen.key)
            if place is not None and place != self.cursor:
                self.keep_cursor_on(place)

    def _learn(self, nodes: Sequence[NodeStatus]) -> None:
        """Learn what the drawing of every row needs to know of all."""
        versions = Counter(each.version for each in nodes if each.version)
        self._seen = Seen(self._seen.now_ns, max(versions, key=lambda each: (versions[each], each), default=""))
        self._needed = needed_columns(nodes, versions)
        self._longest_name = max((len(each.name) for each in nodes), default=0)

    @property
    def _is_still(self) -> bool:
        return self._touched_s is not None and self._clock() - self._touched_s < STILL_S

    def _touch(self) -> None:
        self._touched_s = self._clock()

    def _is_wanted(self, node: NodeStatus) -> bool:
        return not self.wanted.text or bool(self.wanted.found_in(text_of(node)))

    def _names(self, width: int) -> int:
        return name_width(width, self._longest_name)

    def _columns(self, width: int) -> list[Column]:
        shown = [each for each in self._needed if not (self.is_grouped and each is TAGS)]
        return fitting_columns(shown, width, self._names(width))

    def moved(self) -> None:
        """Draw again: a person has moved the cursor, or the list."""
        self.follows = False  # the last node is one among others, not the newest
        self._touch()
        super().moved()

    def set_filter(self, text: str) -> None:
        """Show only the nodes with a text, the first one under the cursor; all if it is blank."""
        if text.strip():
            self.cursor = self.top = 0
            self._rows = ()
        super().set_filter(text)

    def choose(self) -> None:
        """Show the nodes that pass the filter now, in their order."""
        self._reorder()

    def _reorder(self) -> None:
        """Put the rows into their order, even if a person has just touched them: they want it."""
        if self._touched_s is not None:
            self._touched_s -= STILL_S
        self.update(self.desk.now_ns())

    def sort_by(self, title: str) -> None:
        """Sort by a column. See `SortedPane`."""
        self.sorting.choose(title)
        self._reorder()

    def action_sort(self) -> None:
        """Sort by the next column; after the last, not at all."""
        self.sorting.choose_next(self.columns_in_sight())
        self._reorder()

    def action_turn_round(self) -> None:
        """Sort the other way."""
        self.sorting.turn_round()
        self._reorder()

    def action_group(self) -> None:
        """Let the nodes stand below their tags, or in one list."""
        self.is_grouped = not self.is_grouped
        self._reorder()

    def chosen_layout(self) -> PaneLayout:
        """The order of the rows, whether they are grouped, and the filter."""
        return replace(super().chosen_layout(), is_grouped=self.is_grouped)

    def take_layout(self, layout: PaneLayout) -> None:
        """Sort, group and filter as before."""
        self.is_grouped = layout.is_grouped
        super().take_layout(layout)

    @property
    def state(self) -> FleetState:
        """What the person has chosen here."""
        chosen = self.chosen_row.key if self.chosen_row is not None and self._touched_s is not None else None
        return FleetState(self.chosen_layout(), frozenset(self._folded), chosen, self.cursor - self.top)

    def take_state(self, state: FleetState) -> None:
        """Choose what the person had chosen before. Call it before the pane is drawn."""
        self._folded = set(state.folded)
        self.take_layout(state.layout)
        self._arrange()
        place = place_of(self._rows, lambda row: row.key == state.chosen)
        if place is not None:
            self.cursor, self.top = place, max(0, place - state.above)
            self._touched_s = self._clock() - STILL_S

    def action_open(self) -> None:
        """Show all that is known of the node; fold a tag, or unfold it."""
        row = self.chosen_row
        if isinstance(row, Group):
            self._folded ^= {row.tag}
            self._reorder()
        elif row is not None:
            self.desk.open_node(row.node)

    def action_live(self) -> None:
        """Show the node's own screen, over the broker."""
        if self.chosen is not None:
            self.desk.open_live(self.chosen)

    def action_ssh(self) -> None:
        """Show the node's own screen, over ssh."""
        if self.chosen is not None:
            self.desk.open_ssh(self.chosen)

    async def action_ssh_anew(self) -> None:
        """Ask again for the computer of the node, and show its own screen over ssh."""
        if self.chosen is not None:
            await self.desk.ask_address(self.chosen)

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """A double click does the same as Enter."""
        message.stop()
        self.action_open()
