"""Counts what one plugin does."""

from __future__ import annotations

from collections import Counter, deque

from hostcore.events import Counters, Event, Outcome, TransferCompleted

RECENT_CALLS = 256
"""The number of calls that the median and the 99th percentile cover."""


class Meter:
    """One plugin's counters, over all its instances. For the plugin's own thread."""

    def __init__(self) -> None:
        self.calls = self.errors = self.restarts = self.reloads = self.recycles = 0
        self.lines_dropped = self.throttled_ns = self.memory_bytes = self.host_bytes = 0
        self._crashes: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()
        """The newest calls of each function that all reported an error."""
        self._erring_since_ns: dict[str, int] = {}
        """When the first of them ended."""
        self._denied = self._transfers = self._bus_time_ns = self._read = self._written = self._max_ns = 0
        self._recent: deque[int] = deque(maxlen=RECENT_CALLS)

    def called(self, duration_ns: int) -> None:
        """A call ended, with or without an error."""
        self.calls += 1
        self._recent.append(duration_ns)
        self._max_ns = max(self._max_ns, duration_ns)

    def reported(self, call: str, time_ns: int) -> None:
        """A call reported an error.

        Args:
            call: the function.
            time_ns: when, on the wall clock.
        """
        self.errors += 1
        self._in_a_row[call] += 1
        self._erring_since_ns.setdefault(call, time_ns)

    def worked(self, call: str) -> None:
        """A call did what it is for."""
        self._in_a_row.pop(call, None)
        self._erring_since_ns.pop(call, None)

    def begin_instance(self) -> None:
        """There is a new instance, which has reported nothing yet."""
        self._in_a_row.clear()
        self._erring_since_ns.clear()

    def crashed(self, kind: str) -> None:
        """An instance died."""
        self._crashes[kind] += 1

    def note(self, event: Event) -> None:
        """Count a transfer, and ignore other events."""
        if not isinstance(event, TransferCompleted):
            return
        if event.outcome is Outcome.DENIED:
            self._denied += 1
            return
        self._transfers += 1
        self._bus_time_ns += event.duration_ns
        for message in event.messages:
            if message.written:
                self._written += len(message.data)
            else:
                self._read += len(message.data)

    def snapshot(self) -> Counters:
        """The counters now."""
        ordered = sorted(self._recent)
        worst = max(self._in_a_row, key=self._in_a_row.__getitem__, default="")
        return Counters(
            calls=self.calls,
            errors=self.errors,
            crashes=tuple(self._crashes.most_common()),
            restarts=self.restarts,
            reloads=self.reloads,
            recycles=self.recycles,
            denied=self._denied,
            call_p50_ns=_percentile(ordered, 50),
            call_p99_ns=_percentile(ordered, 99),
            call_max_ns=self._max_ns,
            memory_bytes=self.memory_bytes,
            host_bytes=self.host_bytes,
            transfers=self._transfers,
            bus_time_ns=self._bus_time_ns,
            bytes_read=self._read,
            bytes_written=self._written,
            lines_dropped=self.lines_dropped,
            throttled_ns=self.throttled_ns,
            errors_in_a_row=self._in_a_row[worst],
            erring_since_ns=self._erring_since_ns.get(worst, 0),
        )


def _percentile(ordered: list[int], percent: int) -> int:
    """The smallest value that is at least as large as `percent` of all (nearest rank)."""
    if not ordered:
        return 0
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
