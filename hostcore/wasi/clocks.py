"""wasi:clocks, answered from the host's own clock, so that time can be real, simulated or replayed."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock
from hostcore.hostcall import HostFunctions


def clock_functions(clock: Clock) -> HostFunctions:
    """Functions of wall-clock, and the functions of monotonic-clock that return the time."""
    return {
        "wasi:clocks/monotonic-clock#now": clock.monotonic_ns,
        "wasi:clocks/monotonic-clock#resolution": lambda: 1,
        "wasi:clocks/wall-clock#now": lambda: divmod(clock.wall_ns(), NS_PER_S),
        "wasi:clocks/wall-clock#resolution": lambda: (0, 1),
    }
