"""Figures, measured as medians of interleaved repetitions, so that load affects all contestants alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MILLI, MICRO, KILO, MEGA, PERCENT = 1e-3, 1e-6, 1e3, 1e6, 1e-2
"""Names of units. A figure is in seconds or bytes, or the share of a core, and is printed in one of these units."""
UNITS = {MILLI: "ms", MICRO: "µs", KILO: "kB", MEGA: "MB", PERCENT: "%"}
WIDTH = 50
"""Characters for the name of a figure."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The target of a figure. One of the two fields is set."""

    most: float | None = None
    """The figure is below this."""
    factor: float | None = None
    """The figure is at least this many times less than its baseline. Below 1, it may be more than that."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table."""

    what: str
    ours: float
    """Seconds, bytes, or a share."""
    unit: float
    """Unit for printing, one of `UNITS`."""
    baseline: float | None = None
    baseline_name: str = ""
    aim: Aim | None = None

    @property
    def is_met(self) -> bool:
        """Whether the figure reaches its aim; True if it has none."""
        if self.aim is None:
            return True
        if self.aim.most is not None:
            return self.ours < self.aim.most
        assert self.aim.factor is not None
        assert self.baseline is not None
        return self.ours * self.aim.factor <= self.baseline

    def __str__(self) -> str:
        baseline = "" if self.baseline is None else shown(self.baseline, self.unit)
        columns = f"  {self.what:<{WIDTH}}{shown(self.ours, self.unit):>12}{baseline:>13}  {self.baseline_name:<22}"
        return f"{columns}{self._ratio():<12}{self._verdict()}".rstrip()

    def _ratio(self) -> str:
        if not self.baseline or not self.ours:
            return ""
        ratio = self.ours / self.baseline
        return f"{ratio:.1f}x" if ratio >= 1 else f"1/{1 / ratio:.1f}"

    def _verdict(self) -> str:
        if self.aim is None:
            return ""
        most, factor = self.aim.most, self.aim.factor
        aim = f"< {most / self.unit:.4g} {UNITS[self.unit]}" if most is not None else _at_most(factor or 1)
        return f"{aim:<10} {'met' if self.is_met else 'NOT MET'}"


def shown(value: float, unit: float) -> str:
    """A value with its unit."""
    return f"{value / unit:.{2 if value < 10 * unit else 1}f} {UNITS[unit]}"


def _at_most(factor: float) -> str:
    return f"<= 1/{factor:g}" if factor >= 1 else f"<= {1 / factor:g}x"


HEADING = f"  {'':<{WIDTH}}{'this host':>12}{'baseline':>13}  {'':<22}{'ratio':<12}aim"


def interleaved(
    repetitions: int,
    contestants: Mapping[str, Callable[[], float]],
    of: Callable[[Sequence[float]], float] = statistics.median,
) -> dict[str, float]:
    """Median result of each contestant. They take turns (A B A B ...), after one turn that does not count.

    Args:
        repetitions: turns that count.
        contestants: return a result each time.
        of: makes one result of those of a contestant. `min` is for differences, which other work of the computer hides.
    """
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(repetitions + 1):
        for name, contestant in contestants.items():
            result = contestant()
            if turn:
                taken[name].append(result)
    return {name: of(results) for name, results in taken.items()}


def seconds_of(work: Callable[[], object]) -> Callable[[], float]:
    """Create a contestant that runs `work` and returns its duration in seconds."""

    def timed() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return timed


def processor_seconds_of(work: Callable[[], object]) -> Callable[[], float]:
    """Create a contestant that runs `work` and returns how long this thread's processor took for it.

    For work that waits for nothing. Other work of the computer counts less than in `seconds_of`.
    """

    def timed() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    return timed
