"""The columns of the fleet: what stands in each, and which give way if there is too little room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from rich.segment import Segment
from rich.style import Style

from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import dataclass
from tui.fleet.node_words import age_of, load_of, plugins_of, standing_of, value_ink, wrong_with
from tui.look import Look
from tui.sorting import SortKey
from tui.text import fit, number

STANDING = 14
"""Cells of a node's standing."""
LEAST_NAME, MOST_NAME = 14, 28
"""Cells that names may have, with the mark of a simulated node."""
WRONG = 24
"""Cells of what is wrong, at least."""
MARK = 2
"""Cells of the mark of a simulated node."""
HIGH_LOAD = 1.0
"""A load from which on programs wait for a processor."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What all rows of one drawing share."""

    now_ns: int
    usual_version: str
    """The version that most nodes have."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column beside the name, the standing and what is wrong."""

    title: str
    width: int
    value: Callable[[NodeStatus], float | str | None]
    """What is compared if the rows are sorted by it; None if the node has nothing there."""
    text: Callable[[NodeStatus, Seen], str]
    ink: Callable[[NodeStatus, Seen, Look], Style | None] = lambda node, seen, look: None
    """The style of what should stand out; None for the usual one."""
    is_right: bool = True
    is_descending: bool = True
    is_needed: Callable[[NodeStatus], bool] = lambda node: True
    """Whether a node has something there that a person wants to see. If none has, there is no such column."""

    def segment(self, node: NodeStatus, seen: Seen, look: Look) -> Segment:
        """Write a node's cell."""
        ink = self.ink(node, seen, look) or value_ink(node, look)
        return Segment(self.cell(self.text(node, seen)), ink)

    def cell(self, text: str) -> str:
        """Fit a text into the column, with a gap before it."""
        return f" {fit(text, self.width - 1, right=True)}" if self.is_right else f"  {fit(text, self.width - 2)}"


def _warns(node: NodeStatus, look: Look, *, is_odd: bool) -> Style | None:
    return look.warn if is_odd and not node.is_stale else None


def _count(title: str, width: int, count: Callable[[NodeStatus], int]) -> Column:
    """Make a column of counts, which stand out unless they are 0."""
    return Column(
        title,
        width,
        count,
        lambda node, seen: str(count(node)),
        lambda node, seen, look: _warns(node, look, is_odd=count(node) > 0) if count(node) else look.muted,
        is_needed=lambda node: count(node) > 0,
    )


def is_odd_version(node: NodeStatus, seen: Seen) -> bool:
    """Whether a node has another version than most."""
    return bool(node.version) and node.version != seen.usual_version


PLUGINS = Column(
    "plugins", 9, lambda node: node.troubled_count, lambda node, seen: plugins_of(node),
    lambda node, seen, look: _warns(node, look, is_odd=node.troubled_count > 0),
)  # fmt: skip
LAST_SEEN = Column(
    "seen", 6, lambda node: node.last_seen, lambda node, seen: age_of(node.last_seen, seen.now_ns), is_descending=False
)
LOAD = Column(
    "load", 7, lambda node: node.load, lambda node, seen: load_of(node),
    lambda node, seen, look: _warns(node, look, is_odd=(node.load or 0.0) > HIGH_LOAD),
)  # fmt: skip
VERSION = Column(
    "version", 11, lambda node: node.version or None,
    lambda node, seen: f"{node.version}{'*' if is_odd_version(node, seen) else ''}" if node.version else "-",
    lambda node, seen, look: _warns(node, look, is_odd=is_odd_version(node, seen)), is_descending=False,
)  # fmt: skip
WAITING = _count("waiting", 9, lambda node: node.waiting)
LOST = _count("lost", 7, lambda node: node.dropped)
CRASHES = _count("crashes", 9, lambda node: node.crashes)
MEMORY = Column(
    "MiB", 6, lambda node: node.memory_mib,
    lambda node, seen: "-" if node.memory_mib is None else number(node.memory_mib, 0),
)  # fmt: skip
TAGS = Column(
    "tags", 18, lambda node: ", ".join(node.tags) or None, lambda node, seen: ", ".join(node.tags),
    is_right=False, is_descending=False, is_needed=lambda node: bool(node.tags),
)  # fmt: skip
COLUMNS = (PLUGINS, LAST_SEEN, LOAD, WAITING, LOST, VERSION, CRASHES, TAGS, MEMORY)
"""The most important first: a narrow screen leaves out the last ones."""


def sort_keys() -> dict[str, SortKey[NodeStatus]]:
    """Return how each column sorts the nodes."""
    return {
        "node": SortKey(lambda node: node.name, is_descending=False),
        "state": SortKey(lambda node: -node.standing.rank),
        **{column.title: SortKey(column.value, is_descending=column.is_descending) for column in COLUMNS},
        "what is wrong": SortKey(lambda node: wrong_with(node) or None, is_descending=False),
    }


def name_width(width: int, longest: int) -> int:
    """Return the cells of the names in a row of `width` cells, if the longest name takes `longest`."""
    return max(LEAST_NAME, min(longest + MARK + 1, width // 4, MOST_NAME))


def needed_columns(nodes: Iterable[NodeStatus], versions: Collection[str]) -> list[Column]:
    """Return the columns in which any node has something, the most important first.

    Args:
        nodes: all nodes.
        versions: the different versions. If there are several, a person wants to see them.
    """
    listed = list(nodes)
    wanted = [column for column in COLUMNS if any(map(column.is_needed, listed))]
    if len(versions) > 1:
        wanted.remove(VERSION)
        wanted.insert(2, VERSION)
    return wanted


def fitting_columns(columns: Iterable[Column], width: int, names: int) -> list[Column]:
    """Return the columns that fit beside what is wrong.

    Args:
        columns: the most important first.
        width: cells of a row.
        names: cells of the names.
    """
    left = width - names - STANDING - max(WRONG, width // 3) - 2
    chosen = []
    for column in columns:
        if column.width <= left:
            chosen.append(column)
            left -= column.width
    return chosen


def lead(node: NodeStatus, names: int, look: Look) -> list[Segment]:
    """The mark of a simulated node, its name and its standing."""
    standing = standing_of(node, look)
    return [
        Segment("S " if node.is_simulated else "  ", look.warn),
        Segment(f"{fit(node.name, names - MARK - 1)} ", look.muted if node.is_stale else look.strong),
        Segment(standing.text.ljust(STANDING), standing.style),
    ]
