"""The counters of a plugin since a moment, from those since the host's start."""

from __future__ import annotations

from hostcore.events import Counters
from hostcore.quick_dataclass import replace

COUNTED = (
    "calls", "errors", "restarts", "reloads", "recycles", "denied", "transfers", "bus_time_ns", "bytes_read",
    "bytes_written", "lines_dropped", "throttled_ns",
)  # fmt: skip
"""The fields of `Counters` that only grow, so that a difference of two is the count between them."""


def counters_since(before: Counters, now: Counters) -> Counters:
    """Return what was counted between two moments. Durations of calls and the use of memory are those of `now`."""
    earlier = dict(before.crashes)
    crashes = tuple((kind, count - earlier.get(kind, 0)) for kind, count in now.crashes)
    counts = {name: getattr(now, name) - getattr(before, name) for name in COUNTED}
    return replace(now, crashes=tuple(each for each in crashes if each[1] > 0), **counts)
