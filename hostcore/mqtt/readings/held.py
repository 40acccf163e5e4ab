"""The readings that wait for the broker's confirmation, and how a copy of them in a file differs from them."""

from __future__ import annotations

from hostcore.broker.unsent import Identity, UnsentChanges, UnsentReading

OVERHEAD = 410
"""Bytes that a reading needs in memory beside its payload: the objects, and their places in lists. Measured: 406."""
LARGE_BYTES = 16 << 10
"""Payloads above this can be the reason why a broker ends the connection: some tell of no limit, and have one."""
MOST_LOSSES = 10
"""How often in a row the connection may be lost with the same large message under way, before that is dropped."""
REST_SECONDS = (10, 30, 90, 270, 600, 600)
"""How long a refused reading rests before it is sent again. A broker may be full for a while; after the last time, the
reading is dropped."""


class Held:
    """A reading that waits.

    Args:
        order: its place among all; the oldest has the lowest.
        reading: the reading.
        since_ns: when it came, on the monotonic clock.
    """

    __slots__ = ("is_late", "losses", "order", "reading", "refusals", "since_ns")

    def __init__(self, order: int, reading: UnsentReading, since_ns: int) -> None:
        self.order, self.reading, self.since_ns = order, reading, since_ns
        self.is_late = False
        """Whether it goes to the topic of the late ones."""
        self.losses = 0
        """How often in a row the connection was lost while it was under way."""
        self.refusals = 0
        """How often the broker has refused it."""

    def __lt__(self, other: Held) -> bool:
        return self.order < other.order

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        return len(self.reading.payload) + OVERHEAD


class Waiting:
    """All that waits, wherever it is on its way. For one thread at a time."""

    def __init__(self) -> None:
        self.count = 0
        self.bytes = 0
        self._held: dict[int, Held] = {}
        """By their order, in which they came, except for those of an earlier run."""
        self._not_copied: dict[int, Held] = {}
        """Those of them that are not in the copy."""
        self._gone: list[Identity] = []
        """Those that are in the copy and do not wait any more."""
        self._is_copy_lost = False

    def add(self, held: Held, *, is_copied: bool = False) -> None:
        """Take a reading, which may come from the copy."""
        self.count += 1
        self.bytes += held.bytes
        self._held[held.order] = held
        if not is_copied:
            self._not_copied[held.order] = held

    def remove(self, held: Held) -> None:
        """Let a reading go that is confirmed or dropped."""
        self.count -= 1
        self.bytes -= held.bytes
        del self._held[held.order]
        if self._not_copied.pop(held.order, None) is None:
            self._gone.append(held.reading.identity)

    def forget_copy(self) -> None:
        """Take note that nothing is in the copy, or something unknown."""
        self._not_copied, self._gone, self._is_copy_lost = dict(sorted(self._held.items())), [], True

    def changes(self, until_ns: int) -> UnsentChanges:
        """Return how the copy has to change, with readings that came until a moment of the monotonic clock."""
        added = tuple(each.reading for each in self._not_copied.values() if each.since_ns <= until_ns)
        return UnsentChanges(added, tuple(self._gone), self._is_copy_lost)

    def copied(self, changes: UnsentChanges) -> None:
        """Take note that the copy has changed so. What was confirmed meanwhile is too much in it now."""
        del self._gone[: len(changes.gone)]
        self._is_copy_lost = self._is_copy_lost and not changes.is_whole
        added = {each.identity for each in changes.added}
        for order in [order for order, each in self._not_copied.items() if each.reading.identity in added]:
            added.discard(self._not_copied.pop(order).reading.identity)
        self._gone += added
