"""The health of the buses in words: what is wrong, since when, and how fast they are."""

from __future__ import annotations

from rich.segment import Segment

from hostcore.view.bus_health import BusHealth, BusStatus
from tui.lines import Line
from tui.look import Look
from tui.text import time_of_day

MOST = 3
"""Troubles that are named; the others are counted."""


def troubles(health: BusHealth, now_ns: int, look: Look, *, is_brief: bool) -> Line:
    """What is not well, the worst first: ``i2c-1 SDA LOW, UNDERVOLTAGE``. In brief, only the worst and a count."""
    found = health.troubles(now_ns)
    line: Line = []
    for trouble in found[: 1 if is_brief else MOST]:
        line += [Segment(", ")] if line else []
        line.append(Segment(trouble.text, look.bad if trouble.is_grave else look.warn))
    others = len(found) - (1 if is_brief else MOST)
    return [*line, Segment(f" +{others}", look.warn)] if others > 0 else line


def clocks(health: BusHealth) -> str:
    """The clock of each bus as far as it is known: ``i2c-1 98 of 100 kHz, i2c-3 400 kHz``."""
    return ", ".join(f"{each.name} {each.clock_words}" for each in health.all() if each.clock_words)


def health_of(status: BusStatus, now_ns: int, look: Look) -> Segment:
    """How a bus was in the last minute: ``i2c-1: no transfer failed in the last minute; SDA and SCL high``."""
    if status.is_stuck:
        return Segment(stuck_words(status), look.bad)
    spans = status.last_minute(now_ns)
    total, failed = (sum(getattr(each, count) for each in spans.values()) for count in ("total", "failed"))
    levels = status.measured is not None and status.measured.sda and status.measured.scl
    end = f" in the last minute{'; SDA and SCL high' if levels else ''}"
    if not total:
        return Segment(f"{status.name}: no transfers{end}", look.muted)
    if not failed:
        return Segment(f"{status.name}: no transfer failed{end}", look.good)
    worst = max(spans, key=lambda address: spans[address].failed)
    return Segment(f"{status.name}: {failed} of {total} transfers failed, most at 0x{worst:02x},{end}", look.bad)


def stuck_words(status: BusStatus) -> str:
    """How a bus is stuck, and since when: ``i2c-1: SDA LOW since 12:03:20``."""
    return f"{status.name}: {status.stuck_words} since {time_of_day(status.stuck_since_ns)[:8]}"
