"""Memory usage of plugins."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.measure import MEGA, Aim, Figure
from tests.bench.process import first_line, module

TITLE = "Memory of a fresh process with several plugins of one driver (.py)"
REPETITIONS = 3
DRIVER, LARGEST_DRIVER = "bh1750", "bme680"
COUNTS = (1, 5, 20)
FEW, MANY = 5, 20
"""Numbers of plugins whose difference gives the cost of a further plugin. A file mapped only once counts as private."""


@dataclass(frozen=True, slots=True)
class Resident:
    """Memory of one process, in bytes."""

    private: float
    """Memory that the end of the process would free."""
    peak: float
    """Peak of resident memory, with mapped files: a shared page counts once for each instance."""


def figures() -> Iterator[Figure]:
    """The host and its baselines, each with its own number of plugins in its own process."""
    ours, stock = ({count: _resident(kind, count) for count in COUNTS} for kind in ("host", "stock"))
    for count in COUNTS:
        yield Figure(f"private, {count} of {DRIVER}", ours[count].private, MEGA, stock[count].private, "wasmtime-py")
    another, plain = _another(ours), _resident("plain", 1)
    what = f"private, each further {DRIVER}"
    yield Figure(what, another, MEGA, _another(stock), "wasmtime-py", Aim(most=1.2 * MEGA))
    yield Figure("    had each a process of its own", another, MEGA, plain.private, "plain CPython")
    large = {count: _resident("host", count, LARGEST_DRIVER) for count in (FEW, MANY)}
    yield Figure(f"private, each further {LARGEST_DRIVER}, the largest", _another(large), MEGA)
    yield Figure(f"peak, {MANY} of {DRIVER}", ours[MANY].peak, MEGA, stock[MANY].peak, "wasmtime-py")
    yield Figure(
        "peak, all shipped plugins", _resident("shipped", 0).peak, MEGA, plain.peak, f"plain CPython, {DRIVER}"
    )


def _another(found: dict[int, Resident]) -> float:
    return (found[MANY].private - found[FEW].private) / (MANY - FEW)


def _resident(kind: str, count: int, driver: str = DRIVER) -> Resident:
    command = module("tests.bench.resident", kind, str(count), driver)
    lines = [first_line(command)[1] for _ in range(REPETITIONS)]
    private, peak = zip(*(map(int, line.split()) for line in lines), strict=True)
    return Resident(statistics.median(private), statistics.median(peak))
