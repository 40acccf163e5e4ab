"""How the readings of an opened node arrive: which are new, which come again, and which cannot be of one host."""

from __future__ import annotations

from enum import Enum, auto

from hostcore.fleet.model import Counts
from hostcore.fleet.numbers import MOST_MISSED, ReadingId, Seen

MOST_RUNS = 4
"""The most runs of a host that are remembered. Late readings can be those of earlier runs."""
MOST_RECENT = 256
"""The most readings whose content is remembered."""


class Arrival(Enum):
    """What a reading is to those before it."""

    NEW = auto()
    SAME = auto()
    """It came before, with the same content."""
    REPEATED = auto()
    """Its number came before. Its content is not remembered."""
    DOUBTFUL = auto()
    """No host publishes it after what came before: somebody else has published one of them."""


class Arrivals:
    """Counts the readings of one node, over several runs of its host."""

    def __init__(self) -> None:
        self._received = self._late = self._repeated = self._doubtful = 0
        self._runs: dict[str, Seen] = {}
        """The one that a reading came of last is the last one."""
        self._latest = ""
        """The run that spoke last in its turn."""
        self._recent: dict[tuple[str, int], int] = {}
        """A hash of the content of the last readings, by run and number: dataclasses take long to be hashed."""

    def take(
        self, found: ReadingId, content: int, before: ReadingId | None, *, is_late: bool, is_kept: bool
    ) -> Arrival:
        """Note a reading.

        Args:
            found: its ID.
            content: a hash of its plugin and its payload.
            before: the newest reading that came on the same topic; None if there was none.
            is_late: whether it came on the topic of the late ones.
            is_kept: whether the broker had kept it for us.
        """
        key = found.run, found.number
        known = self._recent.get(key)
        if known == content:
            self._repeated += not is_kept
            return Arrival.SAME
        is_live = not (is_late or is_kept)
        seen = self._seen(found.run, is_live=is_live)
        is_new = seen.take(found.number, is_live=is_live)
        self._remember(key, content)
        # Each plugin's own topic has its readings in their order. What comes again, comes as it was.
        is_back = is_live and before is not None and before.run == found.run and found.number < before.number
        if known is not None or is_back or seen.is_far(found.number):
            self._doubtful += 1
            return Arrival.DOUBTFUL
        if is_new:
            self._received += 1
            self._late += is_late
            return Arrival.NEW
        self._repeated += not is_kept
        return Arrival.REPEATED

    def pause(self) -> None:
        """Note that readings may have come which we did not get."""
        for each in self._runs.values():
            each.pause()

    @property
    def counts(self) -> Counts:
        """All of it in numbers."""
        return Counts(
            received=self._received,
            late=self._late,
            repeated=self._repeated,
            missed=min(MOST_MISSED, sum(each.missed for each in self._runs.values())),
            unheard=min(MOST_MISSED, sum(each.unheard for each in self._runs.values())),
            doubtful=self._doubtful,
        )

    def _seen(self, run: str, *, is_live: bool) -> Seen:
        """Return the numbers of a run. The one that was silent for longest makes room for a new one."""
        seen = self._runs.pop(run, None) or Seen()
        if is_live and run != self._latest:
            if seen.has_come_live:  # no run comes back, so what spoke meanwhile was another host, or a stranger
                self._runs.pop(self._latest, None)
            self._latest = run
        self._runs[run] = seen
        if len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        return seen

    def _remember(self, key: tuple[str, int], content: int) -> None:
        self._recent[key] = content
        if len(self._recent) > MOST_RECENT:
            del self._recent[next(iter(self._recent))]
