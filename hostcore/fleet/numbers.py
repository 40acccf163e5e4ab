"""Which numbered readings of one run have come: repeated ones are told apart, and missing ones are counted.

A stranger can publish any number. So one number alone decides nothing: how far a run has come is the median of the last
few that came in their turn. What it was wrong about is put right by the next ones of the host.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator

from hostcore.quick_dataclass import dataclass

MOST_GAPS = 1000
"""The most gaps that are remembered for a run. A reading that comes into a forgotten one counts as repeated."""
MOST_JUMP = 10_000_000
"""The most numbers from one reading to the next: five in a second for three weeks. Beyond that, the count begins again.
"""
MOST_MISSED = 1_000_000_000
"""Not more than this many are counted as missed."""
JUDGES = 5
"""How many of the last readings tell how far a run has come."""
QUORUM = 3
"""How many readings have to come until it is told where the run is."""
BEHIND = 20
"""So many readings in a row that are from before the beginning show that the beginning was wrong."""
_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReadingId:
    """The ID of a reading."""

    run: str
    number: int


def id_of(text: str) -> ReadingId | None:
    """Return the ID in a text; None if it is none."""
    found = _ID.fullmatch(text)
    return ReadingId(found[1], int(found[2])) if found else None


class Seen:
    """The numbers of one run that have come, as the intervals between the gaps."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        """The intervals: the first number of each, and the last one."""
        self._judges: deque[int] = deque(maxlen=JUDGES)
        """The last numbers that came in their turn."""
        self._front: int | None = None
        """How far the run has come."""
        self._beginning: int | None = None
        """What is missing below was published before we listened for the first time."""
        self._base: int | None = None
        """What is missing below was published before we listened without a break; None until something comes live."""
        self._floor = 0
        """Below, no gap is remembered."""
        self._forgotten = self._unheard_forgotten = 0
        """Numbers that are missing in gaps which are not remembered any more."""
        self._behind = 0
        """How many live numbers in a row left the front below the base."""

    def take(self, number: int, *, is_live: bool) -> bool:
        """Note a number.

        Args:
            number: the number.
            is_live: whether it comes in its turn: neither late nor kept by the broker.

        Returns:
            Whether it is new.
        """
        if is_live:
            self._judges.append(number)
            self._advance(sorted(self._judges)[(len(self._judges) - 1) // 2])
        if self.is_far(number):
            return True
        return self._insert(number)

    def is_far(self, number: int) -> bool:
        """Return whether a number cannot be one of this run: it is too far away from the others."""
        return self._front is not None and abs(number - self._front) > MOST_JUMP

    def pause(self) -> None:
        """Note that readings may have come which we did not get, also some of those that were missing."""
        self._unheard_forgotten += self._forgotten
        self._base, self._forgotten, self._behind = None, 0, 0
        self._judges.clear()

    @property
    def has_come_live(self) -> bool:
        """Whether a number has come in its turn."""
        return self._front is not None

    @property
    def missed(self) -> int:
        """How many numbers have not come, although later ones have, and we listened all the time."""
        if self._base is None or self._front is None:
            return 0
        return min(MOST_MISSED, self._forgotten + self._missing(self._base, self._front))

    @property
    def unheard(self) -> int:
        """How many numbers have not come to us, and may have been published while we did not listen."""
        if self._beginning is None:
            return 0
        top = self._base if self._base is not None else self._lasts[-1] if self._lasts else 0
        return min(MOST_MISSED, self._unheard_forgotten + self._missing(self._beginning, top))

    def _advance(self, front: int) -> None:
        """Move the front, and begin again if the numbers are others than before."""
        if self._front is not None and front > self._front + MOST_JUMP:
            self._begin_anew(front)
        self._front = front
        if self._base is None and len(self._judges) < QUORUM:
            return
        self._base = front if self._base is None else self._base
        self._beginning = front if self._beginning is None else self._beginning
        self._behind = self._behind + 1 if front < max(self._base, self._floor) else 0
        if self._behind >= BEHIND:
            self._begin_anew(front)

    def _begin_anew(self, front: int) -> None:
        self._firsts.clear()
        self._lasts.clear()
        self._beginning = self._base = front
        self._floor = self._forgotten = self._unheard_forgotten = self._behind = 0

    def _missing(self, low: int, high: int) -> int:
        """Return how many numbers from `low` to `high` are in gaps."""
        return sum(max(0, min(first - 1, high) - max(last + 1, low) + 1) for last, first in self._gaps())

    def _gaps(self) -> Iterator[tuple[int, int]]:
        """Return the last number before each gap, and the first one after it."""
        return zip(self._lasts, self._firsts[1:], strict=False)

    def _insert(self, number: int) -> bool:
        if not self._lasts or number > self._lasts[-1] + 1:
            self._firsts.append(number)
            self._lasts.append(number)
            self._bound()
            return True
        if number == self._lasts[-1] + 1:
            self._lasts[-1] = number
            return True
        return self._fill(number)

    def _fill(self, number: int) -> bool:
        """Note a number that is not above all others."""
        at = bisect_right(self._firsts, number)
        if at and number <= self._lasts[at - 1]:
            return False
        joins_left, joins_right = bool(at) and self._lasts[at - 1] == number - 1, self._firsts[at] == number + 1
        if joins_left and joins_right:
            self._lasts[at - 1] = self._lasts.pop(at)
            del self._firsts[at]
        elif joins_left:
            self._lasts[at - 1] = number
        elif joins_right:
            self._firsts[at] = number
        else:
            self._firsts.insert(at, number)
            self._lasts.insert(at, number)
            self._bound()
        return True

    def _bound(self) -> None:
        """Forget a gap if there are too many: one that may be a stranger's, above the front; else the lowest one."""
        if len(self._firsts) <= MOST_GAPS + 1:
            return
        if self._front is not None and self._firsts[-JUDGES] > self._front:
            del self._firsts[-1], self._lasts[-1]
            return
        first, last = self._firsts.pop(1), self._lasts.pop(0)
        base = first if self._base is None else self._base
        self._forgotten += max(0, first - max(last + 1, base))
        if self._beginning is not None:
            self._unheard_forgotten += max(0, min(first, base) - max(last + 1, self._beginning))
        self._floor = first
