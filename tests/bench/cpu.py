"""Processor time of all shipped plugins at their intervals, without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.bench.measure import MEGA, PERCENT, Aim, Figure
from tests.bench.process import first_line, module
from tests.bench.running import measure

SECONDS = 60
"""How long both run."""
TITLE = f"All shipped plugins at their intervals on the simulated Pi, without a screen, {SECONDS} s at the same time"
MOST_CPU = 1.5 * PERCENT


def figures() -> Iterator[Figure]:
    """The host, and its drivers and display in plain CPython."""
    with ThreadPoolExecutor() as threads:
        host = threads.submit(measure, "shipped", 0, SECONDS)
        plain = threads.submit(first_line, module("tests.bench.plain", "--seconds", str(SECONDS)))
        ours, theirs = host.result(), float(plain.result()[1])
    yield Figure("CPU, share of a core", ours.cpu, PERCENT, theirs, "plain CPython", Aim(most=MOST_CPU))
    yield Figure("private, written to", ours.dirty, MEGA)
    yield Figure("private, unchanged pages of files", ours.clean, MEGA)
