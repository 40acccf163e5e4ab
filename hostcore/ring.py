"""The newest items of a stream, each under a number that it keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Ring(Generic[T]):
    """Keeps the newest items. Numbers count from 0 and are never used again.

    Args:
        capacity: how many items it keeps.
        weigh: how many items an item counts for, if they differ much in size. An item that is too heavy by itself stays
            until the next one comes.

    Attributes:
        end: the number that the next item gets.
    """

    def __init__(self, capacity: int, weigh: Callable[[T], int] | None = None) -> None:
        self.end = 0
        self._capacity, self._weigh = capacity, weigh
        self._weight = 0
        self._items: deque[T] = deque(maxlen=capacity)

    @property
    def first(self) -> int:
        """The number of the oldest item that is kept."""
        return self.end - len(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, number: int) -> T:
        if number < self.first:
            raise IndexError(f"item {number} is gone; the oldest is {self.first}")
        return self._items[number - self.first]

    def append(self, item: T) -> None:
        """Keep `item`. The oldest items go if there are too many."""
        if self._weigh is not None:
            self._make_room(self._weigh, item)
        self._items.append(item)
        self.end += 1

    def put(self, item: T, key: Callable[[T], int], reach: int) -> None:
        """Keep `item` in the order of `key`. Newer items that it goes before get other numbers.

        Args:
            item: the item.
            key: returns the place of an item in the order; the items that are kept are in this order.
            reach: how many items at the end it may go before.
        """
        self.append(item)
        wanted, place = key(item), len(self._items) - 1
        least = max(0, place - reach)
        while place > least and key(self._items[place - 1]) > wanted:
            self._items[place] = self._items[place - 1]
            place -= 1
        self._items[place] = item

    def _make_room(self, weigh: Callable[[T], int], item: T) -> None:
        self._weight += weigh(item)
        while self._weight > self._capacity and self._items:
            self._weight -= weigh(self._items.popleft())

    def last(self, count: int) -> list[T]:
        """The newest `count` items, oldest first."""
        return list(islice(self.newest_first(), count))[::-1]

    def newest_first(self) -> Iterator[T]:
        """Every item, newest first."""
        return reversed(self._items)

    def all(self) -> Iterator[T]:
        """Every item, oldest first."""
        return iter(self._items)
