"""How the panes are arranged, as values that can be kept."""

from __future__ import annotations

from hostcore.events import Level
from hostcore.quick_dataclass import dataclass

LONGEST_NAME = 40
"""The most characters of a layout's name."""
TAKEN = ("save", "delete")
"""Words that follow ``layout`` on the line, and so cannot be names."""


@dataclass(frozen=True, slots=True)
class PaneLayout:
    """What a person chose in one pane. A pane reads and writes the fields that it has a use for."""

    pane: int
    """The pane's number."""
    column: str = ""
    """The title of the column that sorts the rows; "" for their own order."""
    is_descending: bool = False
    """Whether the greatest comes first."""
    text: str = ""
    """The text that rows must have."""
    plugin: str = ""
    """The only plugin that is shown; "" for all."""
    level: Level | None = None
    """The lowest level of the log that is shown; None for the one of host.toml."""
    errors_only: bool = False
    """Whether only failed transfers are shown."""
    is_grouped: bool = False
    """Whether rows stand below what groups them."""


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """The graph that was open."""

    paths: tuple[tuple[str, ...], ...]
    """Its numbers: the plugin's name and the keys of each."""
    span_s: int
    """The seconds that it shows, up to now."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which panes are in sight, and what a person chose in each."""

    current: int = 1
    """The number of the pane that keys are for."""
    is_zoomed: bool = False
    """Whether it has the whole screen even if there is room for all."""
    hidden: tuple[int, ...] = ()
    """The numbers of the panes that are in sight only while they are current."""
    panes: tuple[PaneLayout, ...] = ()
    graph: GraphLayout | None = None
    """The graph over the panes; None if there is none."""


def is_name(text: str) -> bool:
    """Whether a layout can have this name: one word that a terminal can show."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and len(text.split()) == 1 and text not in TAKEN
