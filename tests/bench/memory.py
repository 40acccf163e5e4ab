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
    dirty: float
    """The part of it that it has written to. The kernel can drop the rest, and read it again from a file."""
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
    yield Figure(f"private, each further {LARGEST_DRIVER}, the largest", _another(large), MEGA, aim=Aim(most=2 * MEGA))
    yield Figure(f"peak, {MANY} of {DRIVER}", ours[MANY].peak, MEGA, stock[MANY].peak, "wasmtime-py")
    yield from _shipped(plain)


def _shipped(plain: Resident) -> Iterator[Figure]:
    """A host with all shipped plugins, without a screen."""
    shipped, name = _resident("shipped", 0), f"plain CPython, {DRIVER}"
    what = "all shipped plugins"
    yield Figure(f"private, {what}", shipped.private, MEGA, plain.private, name, Aim(most=60 * MEGA))
    yield Figure("    written to", shipped.dirty, MEGA, plain.dirty, name)
    yield Figure("    of files, which the kernel can drop", shipped.private - shipped.dirty, MEGA)
    yield Figure(f"peak, {what}", shipped.peak, MEGA, plain.peak, name, Aim(most=200 * MEGA))


def _another(found: dict[int, Resident]) -> float:
    return (found[MANY].private - found[FEW].private) / (MANY - FEW)


def _resident(kind: str, count: int, driver: str = DRIVER) -> Resident:
    command = module("tests.bench.resident", kind, str(count), driver)
    lines = [first_line(command)[1] for _ in range(REPETITIONS)]
    return Resident(*map(statistics.median, zip(*(map(int, line.split()) for line in lines), strict=True)))
