"""Refuses what a host in another process says and what cannot be, because front ends count on its ranges."""

from __future__ import annotations

from hostcore.config.actuators import MOST_LEDS
from hostcore.control.far_names import MOST_NAMES, is_plain
from hostcore.events import Event, LedsShown, LogWritten, PwmSet, ScanProgressed, StateChanged, TaskProgressed
from hostcore.events.facts import HostFacts

LONGEST_TIME = 1e9
"""Seconds, about 30 years."""

LONGEST_TEXT = 21_000
"""Characters of a log line. host.toml allows 20,000, and what is cut off is counted behind them."""


def facts_problem(facts: HostFacts) -> str:
    """Return what the facts of a host have that cannot be, for a person; "" if nothing."""
    if not 0 <= facts.leds <= MOST_LEDS:
        return f"it has {facts.leds} LEDs, and {MOST_LEDS} are possible"
    if max(len(facts.relays), len(facts.buses), len(facts.quantities), len(facts.chips)) > MOST_NAMES:
        return f"it has more than {MOST_NAMES} relays, buses, simulated quantities or chips"
    if not all(map(is_plain, facts.relays)):
        return "the name of a relay has characters that a terminal acts on or does not show"
    return ""


def value_problem(event: Event) -> str:
    """Return what an event has that cannot be, for a person; "" if nothing."""
    match event:
        case LedsShown(colors=colors) if not all(0 <= part <= 255 for color in colors for part in color):
            return "a part of a colour is not 0 to 255"
        case LogWritten(text=text) if len(text) > LONGEST_TEXT:
            return f"a log line has {len(text)} characters, and {LONGEST_TEXT} are possible"
        case PwmSet(duty=duty) if not 0 <= duty <= 1:
            return f"a duty is {duty:g}, and 0 to 1 are possible"
        case StateChanged() | TaskProgressed():
            return _time_problem(event)
        case ScanProgressed(done=done, whole=whole) if not 0 <= done <= whole or not whole:
            return f"a scan has done {done} of {whole} probes"
    return ""


def _time_problem(event: StateChanged | TaskProgressed) -> str:
    if isinstance(event, StateChanged):
        times: tuple[float, ...] = (event.retry_seconds,)
    else:
        times = event.elapsed_seconds, event.expected_seconds
    wrong = next((each for each in times if not 0 <= each <= LONGEST_TIME), None)
    return "" if wrong is None else f"a time is {wrong:g} s, and 0 to {LONGEST_TIME:g} s are possible"
