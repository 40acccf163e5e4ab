"""Refuses events of a host in another process whose values cannot be, because front ends count on their ranges."""

from __future__ import annotations

from hostcore.events import Event, LedsShown, PwmSet, ScanProgressed, StateChanged

LONGEST_RETRY = 1e9
"""Seconds, about 30 years."""


def value_problem(event: Event) -> str:
    """Return what an event has that cannot be, for a person; "" if nothing."""
    match event:
        case LedsShown(colors=colors) if not all(0 <= part <= 255 for color in colors for part in color):
            return "a part of a colour is not 0 to 255"
        case PwmSet(duty=duty) if not 0 <= duty <= 1:
            return f"a duty is {duty:g}, and 0 to 1 are possible"
        case StateChanged(retry_seconds=seconds) if not 0 <= seconds <= LONGEST_RETRY:
            return f"a time is {seconds:g} s, and 0 to {LONGEST_RETRY:g} s are possible"
        case ScanProgressed(done=done, whole=whole) if not 0 <= done <= whole or not whole:
            return f"a scan has done {done} of {whole} probes"
    return ""
