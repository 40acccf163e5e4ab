"""How many of something there were in the last minutes, how many failed, and whether it gets worse."""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from hostcore.clock import NS_PER_S
from hostcore.quick_dataclass import dataclass

SPAN_NS = 10 * NS_PER_S
"""The time of one entry of a `RateHistory`, in nanoseconds."""
SPANS = 60
"""Entries of a `RateHistory`: ten minutes."""
RECENT_NS = 60 * NS_PER_S
"""The last minute. A trend is the difference between it and the time before."""
LEAST_FAILURES = 3
"""Failures that make a trend. With fewer, chance alone makes a minute much better or worse than another."""
FACTOR = 1.5
"""By how much the rate of failures must differ."""


class Trend(StrEnum):
    """How the rate of failures changes."""

    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"


@dataclass(slots=True)
class Span:
    """The transfers within `SPAN_NS`."""

    start_ns: int
    total: int = 0
    failed: int = 0

    @property
    def rate(self) -> float:
        """The part that failed, 0 to 1."""
        return self.failed / self.total if self.total else 0.0


class RateHistory:
    """How many transfers there were, and how many failed, in the last ten minutes."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque(maxlen=SPANS)

    def count(self, time_ns: int, *, failed: bool) -> None:
        """Count a transfer."""
        start_ns = time_ns - time_ns % SPAN_NS
        if not self._spans or self._spans[-1].start_ns < start_ns:
            self._spans.append(Span(start_ns))
        self._spans[-1].total += 1
        self._spans[-1].failed += failed

    def since(self, time_ns: int, until_ns: int | None = None) -> Span:
        """Return the sum of the spans that end after `time_ns`, and begin before `until_ns`."""
        found = Span(time_ns)
        for span in self._spans:
            if span.start_ns + SPAN_NS > time_ns and (until_ns is None or span.start_ns < until_ns):
                found.total += span.total
                found.failed += span.failed
        return found

    def minutes(self, minutes: int, now_ns: int) -> Span:
        """Return the sum of the last minutes, 1 to 10."""
        return self.since(now_ns - minutes * RECENT_NS)

    def trend(self, now_ns: int) -> Trend:
        """Return how the last minute differs from the minutes before it."""
        begin = (now_ns - RECENT_NS) // SPAN_NS * SPAN_NS
        recent, before = self.since(begin), self.since(now_ns - SPANS * SPAN_NS, begin)
        if not recent.total or not before.total:
            return Trend.STEADY
        if recent.failed >= LEAST_FAILURES and recent.rate > FACTOR * before.rate:
            return Trend.RISING
        if before.failed >= LEAST_FAILURES and FACTOR * recent.rate < before.rate:
            return Trend.FALLING
        return Trend.STEADY


class Reliability:
    """How well something works: how often it failed in the last ten minutes, and when it last succeeded.

    Attributes:
        history: how often it was tried, and failed.
        last_good_ns: when it last succeeded; 0 if it never did.
        last_error: why it last failed; "" if it never did.
    """

    def __init__(self) -> None:
        self.history = RateHistory()
        self.last_good_ns = 0
        self.last_error = ""

    def take(self, time_ns: int, error: str | None) -> None:
        """Count a try. `error` says why it failed; None if it did not."""
        self.history.count(time_ns, failed=error is not None)
        if error is None:
            self.last_good_ns = time_ns
        else:
            self.last_error = error
