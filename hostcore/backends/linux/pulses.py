"""Pulses on a GPIO line: driven with the clock, and recorded with the kernel's time stamps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from hostcore.backends.base import Edge
from hostcore.clock import NS_PER_S
from hostcore.errors import BusFaultError
from hostcore.pulse import Pulse
from hostcore.quick_dataclass import dataclass

QUIET_NS = 10_000_000
"""Once a capture has recorded an edge, it ends after this time without one. The pulses of a DHT22 and of infrared codes
are shorter."""
SPIN_NS = 200_000
"""The last part of a pulse is waited for in a loop, because a sleep may last this much longer than asked for."""


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One edge that the kernel recorded."""

    time_ns: int
    """Time of the edge, on the clock of `time.monotonic_ns`."""
    rising: bool
    """Whether the line was high when the kernel read it, shortly after the edge."""
    number: int
    """Counts all edges of the line from 1, including those for which the kernel had no room."""


class PulseLine(Protocol):
    """An open GPIO line. Every method raises OSError if the kernel refuses."""

    def drive(self, level: bool) -> None:
        """Make the line an output and set its level."""

    def release(self) -> None:
        """Make the line an input with a pull-up, and start to record edges."""

    def events(self, timeout_ns: int) -> Sequence[LineEvent]:
        """The edges since the last call, in order. Waits up to `timeout_ns` nanoseconds for the first one."""

    def close(self) -> None:
        """Free the line."""


def capture(line: PulseLine, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
    """`GpioLine.capture` on an open line.

    Raises:
        BusFaultError: edges came faster than they could be read.
        OSError: the kernel refused an operation.
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
    """Drive pulses. Each one lasts at least as long as it should, from the moment its level is on the line."""
    for pulse in pulses:
        line.drive(pulse.level)
        _wait(time.monotonic_ns() + pulse.duration_ns)


def _wait(until_ns: int) -> None:
    sleep_ns = until_ns - time.monotonic_ns() - SPIN_NS
    if sleep_ns > 0:
        time.sleep(sleep_ns / NS_PER_S)
    while time.monotonic_ns() < until_ns:
        pass
