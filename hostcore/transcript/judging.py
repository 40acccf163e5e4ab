"""Says where a driver that was played to does something else than its transcript says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from hostcore.events import Reading
from hostcore.log.safe_text import log_line
from hostcore.transcript.model import Call, Ends
from hostcore.transcript.playing import Played

TOLERANCE = 1e-12
"""The largest relative difference of two numbers that are the same: a sum in another order changes the last digits."""
MOST_VALUES = 8
"""Most values that a message names."""
SHOWN_VALUE = 80
"""Most characters of a value that a message shows."""


def problem_of(done: Played) -> str:
    """Return what is wrong with a call, in some lines; "" if it did what the transcript says."""
    if done.divergence:
        return done.divergence
    call = done.call
    if done.crash:
        return "\n".join([f"{_named(call)} crashed: {log_line(done.crash)}", *_traceback(done)])
    match call.ends:
        case Ends.SURVIVES:
            return ""
        case Ends.REPORTS:
            return _error_problem(done)
    return _value_problem(done)


def _value_problem(done: Played) -> str:
    call = done.call
    if done.error is not None:
        return f"{_named(call)} reported an error: {log_line(done.error)}"
    differences = list(_differences(call.reading or {}, done.reading or {}))
    if not differences:
        return ""
    more = [f"and {len(differences) - MOST_VALUES} more"] if len(differences) > MOST_VALUES else []
    return "\n  ".join([f"{_named(call)} has other values:", *differences[:MOST_VALUES], *more])


def different_values(done: Played) -> frozenset[str]:
    """Return the names of the values that a read has to return and did not."""
    have, wanted = done.reading or {}, done.call.reading or {}
    return frozenset(name for name in wanted if name not in have or not same(wanted[name], have[name]))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; numbers may differ by `TOLERANCE`."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or math.isclose(one, other, rel_tol=TOLERANCE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def _error_problem(done: Played) -> str:
    wanted = done.call.error
    if done.error is None:
        return f"{_named(done.call)} reported no error{'' if wanted is None else f', recorded {log_line(wanted)!r}'}"
    if wanted is None or done.error == wanted:
        return ""
    return f"{_named(done.call)} reported {log_line(done.error)!r}, recorded {log_line(wanted)!r}"


def _differences(wanted: Reading, have: Reading) -> Iterator[str]:
    for name, value in wanted.items():
        if name not in have:
            yield f"{log_line(name)} is missing, recorded {_shown(value)}"
        elif not same(value, have[name]):
            yield f"{log_line(name)} is {_shown(have[name])}, recorded {_shown(value)}"


def _shown(value: Any) -> str:
    return log_line(repr(value), SHOWN_VALUE)


def _named(call: Call) -> str:
    return f"the {call.kind} at {call.at_us / 1e6:g} s"


def _traceback(done: Played) -> Iterator[str]:
    return (log_line(line) for line in done.traceback.splitlines())
