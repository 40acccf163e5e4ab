"""A fault on demand in words, with the time of day at which it begins and ends."""

from __future__ import annotations

from hostcore.clock import NS_PER_S
from hostcore.faults.model import LATEST_S, Fault
from tui.text import safe, time_of_day


def fault_words(fault: Fault, started_ns: int, now_ns: int) -> str:
    """Return a fault in a few words: ``i2c-1 0x76 NACK until 18:13:43``.

    Args:
        fault: the fault.
        started_ns: when the host started, in nanoseconds since the Unix epoch.
        now_ns: the time that the screen shows.
    """
    begin_ns = started_ns + round(fault.from_s * NS_PER_S)
    begin = f" from {time_of_day(begin_ns)[:8]}" if begin_ns > now_ns else ""
    return f"{safe(fault.in_brief)}{begin}{end_words(fault, started_ns)}"


def end_words(fault: Fault, started_ns: int) -> str:
    """Return when a fault ends: `` until 18:13:43``; "" if it does not end by itself."""
    if fault.to_s is None or not fault.to_s < LATEST_S:
        return ""
    return f" until {time_of_day(started_ns + round(fault.to_s * NS_PER_S))[:8]}"
