"""Pulses on a GPIO line: driven by the clock, recorded with the kernel's own time stamps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hostcore.backends.base import Edge
from hostcore.clock import NS_PER_S
from hostcore.errors import BusFaultError
from hostcore.pulse import Pulse

QUIET_NS = 10_000_000
"""A capture that has seen edges ends when none came for so long; no pulse of a DHT22 or an infrared code lasts it."""
SPIN_NS = 200_000
"""So much of a pulse is waited for in a loop: a sleep of the kernel's may last that much longer than asked for."""


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One edge, as the kernel saw it."""

    time_ns: int
    """On `time.monotonic_ns`."""
    rising: bool
    """Whether the line was high when the kernel came to look."""
    number: int
    """Counts the line's edges from 1 on, those included that the kernel had no room for."""


class PulseLine(Protocol):
    """A line in the kernel's hands. Every method raises OSError where the kernel refuses."""

    def drive(self, level: bool) -> None:
        """Make it an output at `level`."""

    def release(self) -> None:
        """Make it an input with a pull-up, and watch for edges from now on."""

    def events(self, timeout_ns: int) -> Sequence[LineEvent]:
        """The edges since the last call, in order; waits so long for the first."""

    def close(self) -> None:
        """Give it back."""


def capture(line: PulseLine, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
    """`GpioLine.capture` on an opened line.

    Raises:
        BusFaultError: edges came faster than they could be read.
        OSError: the kernel refused something.
    """
    _drive(line, drive)
    released_ns = time.monotonic_ns()
    line.release()
    ends_ns = released_ns + timeout_ns
    edges: list[Edge] = []
    last_ns, number = ends_ns - QUIET_NS, 0
    while events := line.events(max(0, min(ends_ns, last_ns + QUIET_NS) - time.monotonic_ns())):
        for event in events:
            if event.number != number + 1:
                raise BusFaultError(f"{event.number - number - 1} edges were lost: the line changes too fast")
            if event.time_ns > ends_ns:
                return tuple(edges)
            edges.append(Edge(event.time_ns - released_ns, event.rising))
            if len(edges) == max_edges:
                return tuple(edges)
            last_ns, number = event.time_ns, event.number
    return tuple(edges)


def _drive(line: PulseLine, pulses: Sequence[Pulse]) -> None:
    """Each pulse lasts at least as long as it should, counted from when its level was on the line."""
    for pulse in pulses:
        line.drive(pulse.level)
        _wait(time.monotonic_ns() + pulse.duration_ns)


def _wait(until_ns: int) -> None:
    sleep_ns = until_ns - time.monotonic_ns() - SPIN_NS
    if sleep_ns > 0:
        time.sleep(sleep_ns / NS_PER_S)
    while time.monotonic_ns() < until_ns:
        pass
