"""The last so many of what came, each under a number that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


def _one(_: object) -> int:
    return 1


class Ring(Generic[T]):
    """Keeps the last items; numbers count from 0 and are never used again.

    Args:
        capacity: how many it keeps at least; up to an eighth more may stay.
        weigh: how many an item counts for, where they differ much in size.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int] = _one) -> None:
        self.first = 0
        """The number of the oldest item that is kept."""
        self._capacity, self._most = capacity, capacity + capacity // 8
        self._weigh = weigh
        self._weight = 0
        self._items: list[T] = []

    @property
    def end(self) -> int:
        """The number that the next item gets."""
        return self.first + len(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, number: int) -> T:
        if number < self.first:
            raise IndexError(f"item {number} is gone; the oldest is {self.first}")
        return self._items[number - self.first]

    def append(self, item: T) -> None:
        """Keep `item`; from time to time the oldest go, many at once, which is cheap."""
        self._items.append(item)
        self._weight += self._weigh(item)
        if self._weight > self._most:
            self._trim()

    def _trim(self) -> None:
        surplus = 0
        while self._weight > self._capacity and surplus < len(self._items) - 1:
            self._weight -= self._weigh(self._items[surplus])
            surplus += 1
        del self._items[:surplus]
        self.first += surplus

    def last(self, count: int) -> list[T]:
        """The newest `count` items, oldest first."""
        return self._items[-count:] if count else []

    def all(self) -> Iterable[T]:
        """Every item, oldest first."""
        return iter(self._items)


class Feed(Generic[T]):
    """A `Ring` and those of its items that a person wants to see.

    Args:
        capacity: as for a `Ring`.
        weigh: as for a `Ring`.

    Attributes:
        items: everything.
        shown: what passes the filter; a ring of its own, so what matches rarely stays longer.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int] = _one) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._wanted: Callable[[T], bool] | None = None
        self.items = self.shown = Ring(capacity, weigh)

    def append(self, item: T) -> None:
        """Take `item`, and show it if it is wanted."""
        self.items.append(item)
        if self._wanted is not None and self._wanted(item):
            self.shown.append(item)

    def choose(self, wanted: Callable[[T], bool] | None) -> None:
        """Show only what `wanted` says True to; None shows everything."""
        self._wanted = wanted
        if wanted is None:
            self.shown = self.items
            return
        self.shown = Ring(self._capacity, self._weigh)
        for item in self.items.all():
            if wanted(item):
                self.shown.append(item)
