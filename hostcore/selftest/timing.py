"""How late a sleep of this computer ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from hostcore.clock import NS_PER_S
from hostcore.selftest.model import Result, Verdict

SLEEPS = 500
SLEEP_NS = 2_000_000
"""Nanoseconds of each sleep: about as long as a driver waits for a quick chip."""


def measure_sleeps(
    sleep: Callable[[float], object] = time.sleep, now_ns: Callable[[], int] = time.monotonic_ns
) -> Result:
    """Sleep many times for 2 ms, and tell how late the sleeps ended. Blocks for little more than a second.

    Args:
        sleep: sleeps for some seconds.
        now_ns: returns the time in nanoseconds.
    """
    late = sorted(_lateness(sleep, now_ns) for _ in range(SLEEPS))
    median, most_of, worst = (late[round((len(late) - 1) * share)] / 1000 for share in (0.5, 0.99, 1.0))
    text = f"sleeps of 2 ms end {median:.0f} µs late, one in a hundred {most_of:.0f} µs, the worst {worst:.0f} µs"
    facts = {"median_us": round(median), "percentile_99_us": round(most_of), "worst_us": round(worst)}
    return Result("sleep", Verdict.OK, text, facts=facts)


def _lateness(sleep: Callable[[float], object], now_ns: Callable[[], int]) -> int:
    began = now_ns()
    sleep(SLEEP_NS / NS_PER_S)
    return now_ns() - began - SLEEP_NS
