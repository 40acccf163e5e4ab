"""Makes a transcript of a recording: its transfers and readings, without all else that crossed the boundary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hostcore.errors import RecordingError
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.hostcall import Err
from hostcore.log.safe_text import log_line
from hostcore.permissions import parse_permission
from hostcore.place import BusName, Place
from hostcore.quick_dataclass import replace
from hostcore.recording.model import START, Ending, Header, Recording
from hostcore.recording.model import Call as RecordedCall
from hostcore.replay.prepared import limits_of
from hostcore.replay.transfers import transfer_of
from hostcore.runtime.json_reading import reading_of
from hostcore.runtime.source_loading import LOAD
from hostcore.transcript.model import MOST_BYTES, Call, CallKind, Ends, Transcript, Transfer, numbered
from hostcore.transcript.parsing import transcript_of
from hostcore.transcript.writing import text_of

_KINDS = {LOAD: CallKind.LOAD, START: CallKind.LOAD, "driver#read": CallKind.READ, "display#update": CallKind.UPDATE}
_PURE = frozenset({"page#render"})
"""Calls that no test needs: their result is a page."""
LONGEST_NAME = 100
"""Most characters of a name in a recording that a message repeats."""

STRUCK = "a fault on demand struck this call: the device did not answer so by itself"


def calls_of(recording: Recording) -> tuple[RecordedCall, ...]:
    """Return the calls of a recording that a test can have, beside the load."""
    later = [each for each in recording.beginning if each.function not in {START, LOAD}]
    return tuple(each for each in (*later, *recording.calls) if each.is_whole and each.function not in _PURE)


def transcript_from(recording: Recording, calls: Sequence[RecordedCall]) -> Transcript:
    """Make a transcript of a recording.

    Args:
        recording: the recording.
        calls: those of its calls that the transcript has, beside the load.

    Raises:
        RecordingError: a transcript cannot express it.
    """
    try:
        return _checked(_made(recording, calls))
    except ValueError as problem:
        raise RecordingError(f"{log_line(recording.header.file)}: it cannot become a test: {problem}") from None


def _made(recording: Recording, calls: Sequence[RecordedCall]) -> Transcript:
    header = recording.header
    load = _load(header, [each for each in recording.beginning if each.function in {START, LOAD}])
    return Transcript(
        driver=header.file,
        began_ns=header.began_ns // 1000 * 1000,
        calls=numbered((load, *(_call(header, each) for each in calls))),
        buses=tuple(_buses(header)),
        permissions=tuple(str(parse_permission(each)) for each in header.permissions),
        settings=header.settings,
        limits=limits_of(header),
    )


def _buses(header: Header) -> Iterator[BusName]:
    """Those of the kinds that the driver may use: the first of a kind is the one that it gets if it names none."""
    kinds = {each.partition(":")[0] for each in header.permissions}
    return (each for each in map(BusName, header.buses) if each.kind in kinds)


def _checked(made: Transcript) -> Transcript:
    """What a reader of its text gets: a recording may come from anybody, so it is checked as a person's text is."""
    text, name = text_of(made), log_line(made.driver, LONGEST_NAME)
    if len(text.encode()) > MOST_BYTES:
        raise RecordingError(
            f"{name}: the test would have {len(text) / 1024:,.0f} KiB; {MOST_BYTES >> 10:,} KiB are allowed; "
            "choose fewer calls: --last N"
        )
    read = transcript_of(text, name)
    remarked = zip(read.calls, made.calls, strict=True)
    return replace(read, calls=tuple(replace(each, remark=before.remark) for each, before in remarked))


def _load(header: Header, began: list[RecordedCall]) -> Call:
    transfers = tuple(each for call in began for each in _transfers(header, call))
    result = began[-1].result if began else None
    if isinstance(result, Ending | Err):
        return Call(CallKind.LOAD, 0, transfers, Ends.SURVIVES, remark=_remark(result))
    return Call(CallKind.LOAD, 0, transfers)


def _call(header: Header, call: RecordedCall) -> Call:
    kind = _KINDS.get(call.function)
    if kind is None:
        raise RecordingError(
            f"{log_line(header.plugin, LONGEST_NAME)}: a test has the calls of a driver and of a display, and this "
            f"recording has {log_line(call.function)}; scripts and plugins of other contracts cannot become a test"
        )
    given = str(call.arguments[0]) if kind is CallKind.UPDATE and call.arguments else ""
    remark = STRUCK if any(each.is_injected for each in call.crossings) else ""
    made = Call(kind, _at_us(header, call.began_ns), tuple(_transfers(header, call)), given=given, remark=remark)
    match call.result:
        case Ending() as ending:
            return replace(made, ends=Ends.SURVIVES, remark=_remark(ending))
        case Err(value):
            return replace(made, ends=Ends.REPORTS, error=log_line(str(value)))
        case str(text) if kind is CallKind.READ:
            return _with_reading(made, text)
    return made


def _with_reading(call: Call, text: str) -> Call:
    try:
        return replace(call, reading=reading_of(text))
    except ValueError as problem:
        return replace(call, ends=Ends.REPORTS, remark=f"the reading {problem}")


def _remark(result: Ending | Err) -> str:
    what = result.problem if isinstance(result, Ending) else str(result.value)
    return log_line(f"the recorded driver crashed here, and the test fails until it is repaired: {what}", 300)


def _transfers(header: Header, call: RecordedCall) -> Iterator[Transfer]:
    for crossing in call.crossings:
        completed = transfer_of(header, call, crossing)
        if (
            completed is not None
            and completed.outcome is not Outcome.DENIED
            and not isinstance(crossing.answer, Ending)
        ):
            yield _transfer(header, completed)


def _transfer(header: Header, completed: TransferCompleted) -> Transfer:
    is_ok = completed.outcome is Outcome.OK
    return Transfer(
        number=0,
        at_us=_at_us(header, completed.time_ns),
        place=Place(completed.bus, completed.address),
        messages=completed.messages if is_ok else tuple(Message(True, each.data) for each in completed.messages),
        unread=() if is_ok or (not completed.messages and completed.outcome is Outcome.OTHER) else completed.asked,
        edges=completed.edges if _is_capture(completed) else None,
        outcome=completed.outcome,
        detail=completed.detail,
    )


def _is_capture(completed: TransferCompleted) -> bool:
    return completed.bus.kind == "gpio" and not completed.messages and completed.outcome is Outcome.OK


def _at_us(header: Header, moment_ns: int) -> int:
    return max(0, moment_ns - header.began_ns) // 1000
