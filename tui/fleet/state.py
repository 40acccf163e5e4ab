"""How the screen of a fleet is left for that of a node, so that it comes back as it was."""

from __future__ import annotations

from hostcore.fleet.model import NodeStatus
from hostcore.quick_dataclass import dataclass
from tui.layouts.layout import PaneLayout

PANE = 1
"""The number of the pane with the nodes, for what is kept of it."""


@dataclass(frozen=True, slots=True)
class FleetState:
    """What a person had chosen."""

    layout: PaneLayout = PaneLayout(PANE)
    """The order of the nodes, and the filter."""
    folded: frozenset[str] = frozenset()
    """The tags below which no nodes are shown."""
    chosen: tuple[str, str] | None = None
    """The tag and the node under the cursor; None before anyone has moved it."""
    above: int = 0
    """Lines between the first row in sight and the one under the cursor."""
    opened: NodeStatus | None = None
    """The node that was open; None if the nodes were in sight."""
    told: str = ""
    """Why the other screen could not be shown; "" if it could."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A screen that the person wants to see in place of that of the fleet, until they leave it."""

    node: NodeStatus
    computer: str = ""
    """The node's computer, as ssh takes it; "" for its screen over the broker."""
