"""Where a person begins to step, as text: ``crash``, ``end``, ``call:12``, ``transfer:NS`` or ``reading:NS``."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Call, Recording
from hostcore.stepping.navigation import Folds, to_call, to_crash, to_end_of_call, to_transfer
from hostcore.stepping.trace import Trace

ALLOWED = "crash, end, call:N, or transfer:NS or reading:NS with a time in nanoseconds since 1970"
LONGEST = 20
"""Digits of a number. A time has 19."""
SLACK_NS = 1_000
"""Times of recorded transfers are cut to microseconds."""


class Kind(StrEnum):
    """What a beginning is."""

    END = "end"
    """The end of the last call."""
    CRASH = "crash"
    """The crash; the end, if there was none."""
    CALL = "call"
    """The first line of a call, by its number."""
    TRANSFER = "transfer"
    """The line that made the transfer which began at a time."""
    READING = "reading"
    """The end of the call whose reading or error was published at a time."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A place in a recording."""

    kind: Kind = Kind.CRASH
    number: int = 0
    """The number of the call, or the time in nanoseconds since the Unix epoch."""


def parse_beginning(text: str) -> Beginning:
    """Read a place. The ValueError for other texts says what is allowed."""
    word, colon, number = text.partition(":")
    is_plain = word in (Kind.END, Kind.CRASH)
    if word not in tuple(Kind) or is_plain is bool(colon):
        raise ValueError(ALLOWED)
    if is_plain:
        return Beginning(Kind(word))
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST):
        raise ValueError(ALLOWED)
    return Beginning(Kind(word), int(number))


def call_at(recording: Recording, beginning: Beginning) -> int | None:
    """Return the number of the call in which a place is; None for the last call.

    A time before all calls is in the first one that is kept.
    """
    if beginning.kind in (Kind.END, Kind.CRASH):
        return None
    if beginning.kind is Kind.CALL:
        return beginning.number
    found = None
    for number, call in _numbered(recording):
        if found is None or call.began_ns <= beginning.number + SLACK_NS:
            found = number
    return found


def is_before(recording: Recording, beginning: Beginning) -> bool:
    """Whether the recording has lost the time of a place, because it keeps only the newest part."""
    if beginning.kind not in (Kind.TRANSFER, Kind.READING):
        return False
    first = recording.calls[0].began_ns if recording.skipped and recording.calls else recording.header.began_ns
    return beginning.number + SLACK_NS < first


def step_at(trace: Trace, beginning: Beginning, call: int | None, folds: Folds) -> int | None:
    """Return the step at which a place is; None if the trace does not have it.

    Args:
        trace: a window with the call.
        beginning: the place.
        call: its call, from `call_at`.
        folds: which libraries are folded.
    """
    if call is None:
        crash = to_crash(trace, folds) if beginning.kind is Kind.CRASH else None
        return crash if crash is not None or not trace.calls else to_end_of_call(trace, trace.calls[-1].number, folds)
    if beginning.kind is Kind.TRANSFER:
        began = [
            place
            for place, each in enumerate(trace.transfers)
            if each.call == call and each.transfer.time_ns <= beginning.number + SLACK_NS
        ]
        if began and (found := to_transfer(trace, began[-1], folds)) is not None:
            return found
    to = to_end_of_call if beginning.kind is Kind.READING else to_call
    return to(trace, call, folds)


def _numbered(recording: Recording) -> Iterator[tuple[int, Call]]:
    yield from enumerate(recording.beginning)
    yield from enumerate(recording.calls, len(recording.beginning) + recording.skipped)
