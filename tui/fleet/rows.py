"""The rows of the fleet: nodes in their order, below the tags that group them if a person wants that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from hostcore.fleet.model import NodeStatus, Standing
from hostcore.quick_dataclass import dataclass

UNTAGGED = "without a tag"
"""The group of the nodes that have no tag."""


@dataclass(frozen=True, slots=True)
class Group:
    """The heading of the nodes with one tag."""

    tag: str
    nodes: tuple[NodeStatus, ...]
    is_folded: bool = False
    """Whether the nodes below it are hidden."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other rows, also when its nodes change."""
        return self.tag, ""

    @property
    def worst(self) -> Standing:
        """The worst standing of its nodes."""
        return min((each.standing for each in self.nodes), key=lambda each: each.rank, default=Standing.OK)


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node below a tag, or alone."""

    tag: str
    """"" if the rows are not grouped."""
    node: NodeStatus

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other rows, also when the node changes."""
        return self.tag, self.node.name


Row = Group | NodeRow


def rows_of(nodes: Sequence[NodeStatus], *, is_grouped: bool, folded: Collection[str] = ()) -> list[Row]:
    """Return the rows of nodes in their order. A node with several tags is below each of them.

    Args:
        nodes: the nodes, in order.
        is_grouped: whether they stand below their tags. The tag with the worst node comes first.
        folded: the tags whose nodes are hidden.
    """
    return list(_grouped(nodes, folded)) if is_grouped else [NodeRow("", each) for each in nodes]


def _grouped(nodes: Sequence[NodeStatus], folded: Collection[str]) -> Iterator[Row]:
    by_tag: dict[str, list[NodeStatus]] = {}
    for node in nodes:
        for tag in dict.fromkeys(node.tags) or (UNTAGGED,):
            by_tag.setdefault(tag, []).append(node)
    groups = [Group(tag, tuple(members), tag in folded) for tag, members in by_tag.items()]
    for group in sorted(groups, key=lambda each: (each.worst.rank, each.tag == UNTAGGED, each.tag)):
        yield group
        if not group.is_folded:
            yield from (NodeRow(group.tag, each) for each in group.nodes)


def held(rows: Iterable[Row], before: Iterable[Row]) -> list[Row]:
    """Return rows in the order in which they were before. New ones come last; those below a tag have to wait."""
    found = {row.key: row for row in rows}
    known = [found.pop(row.key) for row in before if row.key in found]
    return [*known, *(row for row in found.values() if isinstance(row, NodeRow) and not row.tag)]


def place_of(rows: Sequence[Row], wanted: Callable[[Row], bool]) -> int | None:
    """Return the place of the first row that is wanted; None if there is none."""
    return next((place for place, row in enumerate(rows) if wanted(row)), None)
