"""The newest items of a stream, and those of them that a person wants to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from hostcore.ring import Ring

T = TypeVar("T")


class Feed(Generic[T]):
    """A `Ring`, and those of its items that a person wants to see.

    Args:
        capacity: as for a `Ring`.
        weigh: as for a `Ring`.

    Attributes:
        items: everything.
        shown: what passes the filter. It is a ring of its own, so rare matches stay longer.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int] | None = None) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._wanted: Callable[[T], bool] | None = None
        self.items = self.shown = Ring(capacity, weigh)

    def append(self, item: T) -> None:
        """Take `item`, and show it if it is wanted."""
        self.items.append(item)
        if self._wanted is not None and self._wanted(item):
            self.shown.append(item)

    def put(self, item: T, key: Callable[[T], int], reach: int) -> None:
        """Take `item` as `append` does, but in the order of `key`. See `Ring.put`."""
        self.items.put(item, key, reach)
        if self._wanted is not None and self._wanted(item):
            self.shown.put(item, key, reach)

    def choose(self, wanted: Callable[[T], bool] | None) -> None:
        """Show only the items for which `wanted` is true; None shows everything."""
        self._wanted = wanted
        if wanted is None:
            self.shown = self.items
            return
        self.shown = Ring(self._capacity, self._weigh)
        for item in self.items.all():
            if wanted(item):
                self.shown.append(item)
