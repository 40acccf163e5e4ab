"""wasi:clocks as this host grants it: its own clock, so that time can be real, simulated or replayed."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock
from hostcore.hostcall import HostFunctions


def clock_functions(clock: Clock) -> HostFunctions:
    """wall-clock and the reading half of monotonic-clock."""
    return {
        "wasi:clocks/monotonic-clock#now": clock.monotonic_ns,
        "wasi:clocks/monotonic-clock#resolution": lambda: 1,
        "wasi:clocks/wall-clock#now": lambda: divmod(clock.wall_ns(), NS_PER_S),
        "wasi:clocks/wall-clock#resolution": lambda: (0, 1),
    }
