"""Actions on the rows of a pane: which are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tui.actions.action import Action, key_of
from tui.filtering import FilteredPane
from tui.sorting import SortedPane


def filter_actions(pane: FilteredPane) -> Iterator[Action]:
    """Yield what lets a pane show only some of its rows."""
    yield Action(
        "filter",
        f"Show only rows of {pane.title} with a text; without one, all",
        pane.clear_filters,
        key_of(type(pane), "filter"),
        takes="TEXT",
        with_text=pane.set_filter,
        is_for_panes=True,
    )


def sort_actions(pane: SortedPane) -> Iterator[Action]:
    """Yield the orders of the rows of a pane."""
    key = key_of(type(pane), "sort")
    for title in pane.columns_in_sight():
        yield Action(
            f"sort {title}", f"Sort {pane.title} by {title!r}", partial(pane.sort_by, title), key, is_for_panes=True
        )
    yield Action("sort none", f"{pane.title} in their own order", partial(pane.sort_by, ""), key, is_for_panes=True)
