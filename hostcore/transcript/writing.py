"""Writes a transcript as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from hostcore.config.model import Limits
from hostcore.events import Outcome
from hostcore.log.safe_text import escaped
from hostcore.place import IIO
from hostcore.transcript.model import FORMAT, LIMITS, Call, CallKind, Ends, Transcript, Transfer


def text_of(transcript: Transcript) -> str:
    """Return the text of a transcript. `hostcore.transcript.parsing` reads it, and returns the same transcript."""
    return "".join(f"{line}\n" for line in _lines(transcript))


def _lines(transcript: Transcript) -> Iterator[str]:
    yield f"wasi-host transcript {FORMAT}"
    yield "# The transfers of a driver and what it read. You can edit it; docs/recordings.md of wasi-host describes it."
    yield f"driver {transcript.driver}"
    yield f"began {began_text(transcript.began_ns)}"
    yield from (f"bus {each}" for each in transcript.buses)
    yield from (f"permission {each}" for each in transcript.permissions)
    if json.loads(transcript.settings):
        yield f"settings {_one_line(transcript.settings)}"
    usual = Limits()
    for name in LIMITS:
        value = getattr(transcript.limits, name)
        if value != getattr(usual, name):
            yield f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
    for call in transcript.calls:
        yield ""
        yield from _call_lines(call)


def began_text(began_ns: int) -> str:
    """Return a time as in a transcript: UTC, in microseconds."""
    seconds, rest = divmod(began_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"


def _call_lines(call: Call) -> Iterator[str]:
    yield f"{call.kind} at {seconds_text(call.at_us)}"
    if call.remark:
        yield f"  # {escaped(call.remark)}"
    if call.kind is CallKind.UPDATE:
        yield f"  given {_one_line(call.given)}"
    yield from (f"  {_transfer(each)}" for each in call.transfers)
    if call.reading is not None:
        yield f"  reading {json.dumps(call.reading, allow_nan=False)}"
    elif call.ends is Ends.REPORTS:
        yield "  error" if call.error is None else f"  error {json.dumps(call.error)}"
    elif call.ends is Ends.SURVIVES:
        yield "  survives"


def seconds_text(microseconds: int) -> str:
    """Return a time as in a transcript: seconds with six decimals."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def _transfer(transfer: Transfer) -> str:
    words = [seconds_text(transfer.at_us), transfer.place.short]
    if transfer.place.bus == IIO:
        words += [_text(each.data) for each in transfer.messages]
    else:
        words += [" ".join(("w" if each.written else "r", each.data.hex(" "))).rstrip() for each in transfer.messages]
        words += [" ".join(("r", *["--"] * length)) for length in transfer.unread]
    if transfer.edges is not None:
        words += ["edges", *(f"{'+' if each.rising else '-'}{each.time_ns}" for each in transfer.edges)]
    if transfer.outcome is not Outcome.OK:
        words += ["error", str(transfer.outcome), json.dumps(transfer.detail)]
    return " ".join(words)


def _text(data: bytes) -> str:
    """The text of a kernel's sensor: its names, or a number."""
    return data.decode("ascii", "replace")


def _one_line(text: str) -> str:
    """JSON on one line."""
    return json.dumps(json.loads(text))
