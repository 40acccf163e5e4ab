"""Which numbered readings have come: repeated ones are told apart, and missing ones are counted."""

from __future__ import annotations

import re
from bisect import bisect_right

from hostcore.quick_dataclass import dataclass

MOST_GAPS = 1000
"""The most gaps that are remembered for a run. A reading that comes into a forgotten one counts as repeated."""
MOST_RUNS = 4
"""The most runs of a host that are remembered. Late readings can be those of earlier runs."""
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
        self._base: int | None = None
        """What is missing below was published before we listened; None until something comes live."""
        self._forgotten = 0
        """Numbers that are missing in gaps which are not remembered any more."""

    def take(self, number: int, *, is_live: bool) -> bool:
        """Note a number.

        Args:
            number: the number.
            is_live: whether it comes in its turn: neither late nor kept by the broker.

        Returns:
            Whether it is new.
        """
        if is_live and self._base is None:
            self._base = number
        if not self._lasts or number > self._lasts[-1] + 1:
            self._firsts.append(number)
            self._lasts.append(number)
            self._bound()
            return True
        if number == self._lasts[-1] + 1:
            self._lasts[-1] = number
            return True
        return self._fill(number)

    def pause(self) -> None:
        """Stop to listen: what is missing from now on until the next live number is not missed."""
        self._forgotten, self._base = self.missed, None

    @property
    def missed(self) -> int:
        """How many numbers have not come, of those after the first live one and before the last one."""
        if self._base is None:
            return self._forgotten
        gaps = zip(self._lasts, self._firsts[1:], strict=False)
        return self._forgotten + sum(max(0, first - max(last + 1, self._base)) for last, first in gaps)

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
        """Forget the lowest gap if there are too many."""
        if len(self._firsts) > MOST_GAPS + 1:
            first, last = self._firsts.pop(1), self._lasts.pop(0)
            if self._base is not None:
                self._forgotten += max(0, first - max(last + 1, self._base))


class Arrivals:
    """Counts the readings of one node, over several runs of its host."""

    def __init__(self) -> None:
        self.received = self.late = self.repeated = 0
        self._runs: dict[str, Seen] = {}
        """The one that a reading came of last is the last one."""
        self._missed_before = 0
        """Of runs that are forgotten."""

    def take(self, found: ReadingId, *, is_late: bool, is_kept: bool) -> bool:
        """Note a reading.

        Args:
            found: its ID.
            is_late: whether it came on the topic of the late ones.
            is_kept: whether the broker had kept it for us.

        Returns:
            Whether it is new.
        """
        seen = self._runs.pop(found.run, None) or Seen()
        self._runs[found.run] = seen
        if len(self._runs) > MOST_RUNS:
            self._missed_before += self._runs.pop(next(iter(self._runs))).missed
        is_new = seen.take(found.number, is_live=not (is_late or is_kept))
        if is_new:
            self.received += 1
            self.late += is_late
        elif not is_kept:
            self.repeated += 1
        return is_new

    def pause(self) -> None:
        """Stop to listen: what is published from now on is not missed."""
        for each in self._runs.values():
            each.pause()

    @property
    def missed(self) -> int:
        """Readings that have not come although later ones have."""
        return self._missed_before + sum(each.missed for each in self._runs.values())
