"""GPIO lines by their BCM number, 0 to 53."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wit_world.imports import gpio as _gpio
from wit_world.imports import python_wire

from ._arguments import number
from ._wire import ask

_PULLS = {"none": _gpio.Pull.NONE, "up": _gpio.Pull.UP, "down": _gpio.Pull.DOWN}


@dataclass(frozen=True, slots=True)
class Edge:
    """One change of a line's level."""

    time_ns: int
    """Nanoseconds since the host released the line."""
    rising: bool
    """True from low to high. For very fast edges, rely on the times instead."""


def read(line: int, pull: Literal["none", "up", "down"] = "none") -> bool:
    """Make `line` an input and return its level: True is high. Raises `host.BusError` on failure."""
    return ask(python_wire.gpio_read, number("line", line, 8), _PULLS[pull])


def write(line: int, level: bool) -> None:
    """Make `line` an output and set its level: True is high. Raises `host.BusError` on failure."""
    ask(python_wire.gpio_write, number("line", line, 8), bool(level))


def capture(
    line: int, drive: Sequence[tuple[bool, float]] = (), *, timeout: float = 0.1, max_edges: int = 1024
) -> list[Edge]:
    """Drive pulses, release the line to its pull-up, and return the edges that follow.

    Blocks until `timeout`, until `max_edges`, or until the line has been quiet for 10 ms after an edge. Returns an
    empty list if there was no edge.

    Args:
        line: BCM number, 0 to 53.
        drive: up to 256 pulses to drive first, as (level, seconds) pairs, up to one second in all.
        timeout: seconds to record edges after the release, up to 1.
        max_edges: stop after this number of edges, 1 to 1,024.
    """
    plan = " ".join(f"{int(level)}:{round(seconds * 1e9)}" for level, seconds in drive)
    timeout_ns, most = number("timeout in ns", round(timeout * 1e9), 32), number("max_edges", max_edges, 32)
    edges = ask(python_wire.gpio_capture, number("line", line, 8), plan, timeout_ns, most)
    return [Edge(edge.time_ns, edge.rising) for edge in edges or ()]
