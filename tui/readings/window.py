"""The stretch of time that a graph shows."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass, replace
from tui.text import DAY, HOUR, MINUTE, NS_PER_S, moment

SPANS = {
    MINUTE: "60 s",
    5 * MINUTE: "5 min",
    15 * MINUTE: "15 min",
    HOUR: "60 min",
    6 * HOUR: "6 h",
    DAY: "24 h",
    7 * DAY: "7 days",
    30 * DAY: "30 days",
    365 * DAY: "365 days",
}
"""The seconds that a graph can show, and the words for them."""
LENGTHS = tuple(SPANS)
FURTHEST_S = 10 * 365 * DAY
"""Seconds that a graph can go back."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time that ends now, or that ended at a fixed time."""

    span_s: int = 15 * MINUTE
    """One of `SPANS`."""
    until_ns: int | None = None
    """Its end, in nanoseconds since the Unix epoch; None if it ends now and goes on."""

    @classmethod
    def around(cls, age_s: float) -> Window:
        """The smallest window that shows `age_s` seconds, but no more than 15 minutes."""
        return cls(next((span for span in LENGTHS[:2] if span >= age_s), LENGTHS[2]))

    @property
    def span_ns(self) -> int:
        """Its length in nanoseconds."""
        return self.span_s * NS_PER_S

    def step_ns(self, columns: int) -> int:
        """The time that one of `columns` stands for. The window moves on by whole columns, so that few cells change."""
        return -(-self.span_ns // max(1, columns - 1))

    def bounds(self, now_ns: int, columns: int) -> tuple[int, int]:
        """Its first nanosecond and the one after its last, as `columns` show it: up to a column more than its span."""
        step = self.step_ns(columns)
        end = -(-(now_ns if self.until_ns is None else self.until_ns) // step) * step
        return end - step * max(1, columns), end

    def zoomed(self, steps: int, now_ns: int, around_ns: int | None = None, share: float = 0.5) -> Window:
        """Show more (1) or less (-1) time.

        Args:
            steps: the places to go in `SPANS`; it stops at their ends.
            now_ns: the wall clock.
            around_ns: the time that should stay in sight; by default the middle, or now if the window ends now.
            share: where that time is then, from 0 at the left edge to 1 at the right one.
        """
        place = max(0, min(LENGTHS.index(self.span_s) + steps, len(LENGTHS) - 1))
        wider = replace(self, span_s=LENGTHS[place])
        if around_ns is None:
            if self.until_ns is None:
                return wider
            around_ns = self.until_ns - self.span_ns // 2
        return wider._ending(around_ns + round(wider.span_ns * (1 - share)), now_ns)

    def moved(self, quarters: int, now_ns: int) -> Window:
        """Go further back (-1) or forward (1), in quarters of its span. It goes on with now when it gets there."""
        return self.shifted(quarters * self.span_ns // 4, now_ns)

    def shifted(self, by_ns: int, now_ns: int) -> Window:
        """Go further back (below 0) or forward, in nanoseconds. It goes on with now when it gets there."""
        return self._ending((now_ns if self.until_ns is None else self.until_ns) + by_ns, now_ns)

    def now(self) -> Window:
        """The same span, up to now."""
        return replace(self, until_ns=None)

    def _ending(self, until_ns: int, now_ns: int) -> Window:
        if until_ns >= now_ns:
            return self.now()
        return replace(self, until_ns=max(until_ns, now_ns - FURTHEST_S * NS_PER_S + self.span_ns))

    def words(self) -> str:
        """``last 15 min``, or the local times of its ends: ``Tue 2 Jan 2024 08:00 to 08:15``."""
        if self.until_ns is None:
            return f"last {SPANS[self.span_s]}"
        first, last = moment(self.until_ns - self.span_ns), moment(self.until_ns)
        date, _, time_of_day = last.rpartition(" ")
        return f"{first} to {time_of_day if first.startswith(date) else last}"


def length(nanoseconds: int) -> str:
    """How long a point of a graph lasts: ``20 s``, ``10 min``, ``1.5 h``, ``2 days``."""
    seconds = nanoseconds / NS_PER_S
    for size, unit in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
