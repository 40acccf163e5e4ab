"""The backlog: the earlier events that a front end needs which attaches late, within bounds.

Folded into `hostcore.view`, it gives the same state as all events would, as long as nothing exceeds a bound.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

from hostcore.clock import Clock
from hostcore.events import Event, State, StateChanged, TransferCompleted
from hostcore.events.keeping import DISPLAY, KEPT, Keeping, is_for_display
from hostcore.events.losses import Losses
from hostcore.events.stream import EventStream, Numbered
from hostcore.quick_dataclass import dataclass, replace

MOST_STALE = 64
"""Entries in an order by weight that may be stale, besides one for each row."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The events that a front end gets before the live ones."""

    items: tuple[Numbered, ...]
    """In the order of their numbers."""
    last: int
    """The number of the last event that was looked at. The live ones begin after it."""
    lost: int
    """Events that it should have got, but that are not kept any more, and that no later event replaces."""


class Backlog:
    """Stands beside the stream and keeps references to events, as `hostcore.events.keeping` says. Thread-safe.

    At most 7 MiB, as far as the sizes of events can be estimated.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelves = {keeping: _Shelf(keeping) for keeping in {*KEPT.values(), DISPLAY}}
        self._of_kind = {kind: self._shelves[keeping] for kind, keeping in KEPT.items()}
        self._display = self._shelves[DISPLAY]
        self._last = 0

    @property
    def bytes(self) -> int:
        """The estimated size of all events that it keeps."""
        with self._lock:
            return sum(shelf.bytes for shelf in self._shelves.values())

    def offer(self, item: Numbered) -> None:
        """Keep an event if it is of use. The stream calls it. Never blocks for long."""
        event = item.event
        shelf = self._of_kind.get(type(event))
        with self._lock:
            self._last = item.sequence
            if shelf is not None:
                shelf.put(item)
            if isinstance(event, TransferCompleted):
                if is_for_display(event):
                    self._display.put(item)
            elif isinstance(event, StateChanged) and event.after is State.LOADING:
                self._display.forget(event.plugin)  # the next instance sets its display up again

    def since(self, number: int = 0) -> Earlier:
        """Return what a front end gets first.

        Args:
            number: that of the last event which it has; 0 if it has none.
        """
        with self._lock:
            found = {
                item.sequence: item
                for shelf in self._shelves.values()
                for item in shelf.items()
                if item.sequence > number
            }
            lost = sum(shelf.losses.since(number) for shelf in self._shelves.values())
            return Earlier(tuple(found[each] for each in sorted(found)), self._last, lost if number else 0)

    def newest(self, kind: type) -> Event | None:
        """Return the newest event of a kind, or of those that share its shelf; None if there is none."""
        with self._lock:
            items = [*self._of_kind[kind].items()]
        return max(items, key=lambda item: item.sequence).event if items else None


def stream_with_backlog(clock: Clock) -> tuple[EventStream, Backlog]:
    """Return a new stream, and the backlog that stands beside it."""
    stream, backlog = EventStream(clock), Backlog()
    stream.follow(backlog)
    return stream, backlog


class _Row:
    """The events about one thing, oldest first, each with its weight."""

    def __init__(self) -> None:
        self.first: list[tuple[Numbered, int]] = []
        """Those that stay."""
        self.rest: deque[tuple[Numbered, int]] = deque()
        self.bytes = 0
        self.mark = 0
        """That of its newest entry in the order by weight; 0 if it is gone."""

    @property
    def has_several(self) -> bool:
        """Whether one can be dropped, so that one stays."""
        return bool(self.rest) and len(self.first) + len(self.rest) > 1


class _Shelf:
    """The rows of one `Keeping`."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._rows: dict[Hashable, _Row] = {}
        """The one that was quiet for longest comes first."""
        self._by_weight: list[tuple[int, int, _Row]] = []
        """A heap: the negative weight of what a row can lose, the mark of the entry, the row. Entries grow stale."""
        self._marks = count(1)
        self.bytes = 0
        self.losses = Losses()

    def items(self) -> Iterator[Numbered]:
        for row in self._rows.values():
            yield from (item for item, _ in row.first)
            yield from (item for item, _ in row.rest)

    def put(self, item: Numbered) -> None:
        keeping = self._keeping
        key, weight = keeping.key(item.event), keeping.weigh(item.event)
        if weight > keeping.heaviest:
            self._refuse(key, item)
            return
        row = self._rows.pop(key, None) or _Row()
        self._rows[key] = row
        if keeping.has_runs:
            self._end_run(row, item)
        place = row.first if len(row.first) < keeping.oldest else row.rest
        place.append((item, weight))
        row.bytes += weight
        self.bytes += weight
        if len(row.rest) > keeping.newest:
            self._drop_oldest(row)
        self._weigh(row)
        if len(self._rows) > keeping.most_keys:
            self._drop_row(next(iter(self._rows)))
        while self.bytes > keeping.most_bytes:
            self._lighten()

    def forget(self, plugin: str) -> None:
        """Drop the rows of a plugin's instance that has ended."""
        for key in [each for each in self._rows if isinstance(each, tuple) and each[0] == plugin]:
            self._remove(key)

    def _refuse(self, key: Hashable, item: Numbered) -> None:
        """Count an event that is too heavy. Where only the newest is kept, the one before it holds no longer."""
        self._lose(item)
        if self._keeping.newest == 1 and key in self._rows:
            self._drop_row(key)

    def _end_run(self, row: _Row, item: Numbered) -> None:
        """Drop the newest event if it says the same as the one before it and as `item`."""
        if len(row.rest) >= 2 and _is_same(row.rest[-1][0], item) and _is_same(row.rest[-2][0], item):
            _, weight = row.rest.pop()
            row.bytes -= weight
            self.bytes -= weight

    def _lighten(self) -> None:
        """Drop the oldest event of the heaviest row that has several. If every row has only one, drop the quietest."""
        while self._by_weight[0][1] != self._by_weight[0][2].mark:
            heappop(self._by_weight)
        heaviest = self._by_weight[0][2]
        if heaviest.has_several:
            self._drop_oldest(heaviest)
            self._weigh(heaviest)
        else:
            self._drop_row(next(iter(self._rows)))

    def _weigh(self, row: _Row) -> None:
        """Put a row whose events have changed at its place in the order by weight, which finds the heaviest at once."""
        row.mark = next(self._marks)
        heappush(self._by_weight, (-row.bytes if row.has_several else 0, row.mark, row))
        if len(self._by_weight) > 2 * len(self._rows) + MOST_STALE:
            self._by_weight = [each for each in self._by_weight if each[1] == each[2].mark]
            heapify(self._by_weight)

    def _drop_oldest(self, row: _Row) -> None:
        item, weight = row.rest.popleft()
        row.bytes -= weight
        self.bytes -= weight
        self._lose(item)

    def _drop_row(self, key: Hashable) -> None:
        row = self._remove(key)
        for item, _ in (*row.first, *row.rest):
            self._lose(item)

    def _remove(self, key: Hashable) -> _Row:
        row = self._rows.pop(key)
        self.bytes -= row.bytes
        row.mark = 0
        return row

    def _lose(self, item: Numbered) -> None:
        if self._keeping.is_history:
            self.losses.add(item.sequence)


def _is_same(before: Numbered, after: Numbered) -> bool:
    """Return whether two events differ only in their time."""
    first: Any = before.event
    second: Any = after.event
    return type(first) is type(second) and bool(replace(first, time_ns=second.time_ns) == second)
