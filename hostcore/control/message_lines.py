"""The messages of a command and a running host as lines: one JSON object in each direction.

A request is ``{"transfer": {...}}``. Its answer is ``{"done": {...}}`` or ``{"failed": {"kind": ..., "text": ...}}``.
Only the answers to ``{"watch": {...}}`` and ``{"attach": {...}}`` are followed by further lines, until one of the two
leaves. Those of a session are in `hostcore.control.session_lines`.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from typing import Any

from hostcore.control.messages import (
    DiagnosisRequest,
    FactsRequest,
    Failure,
    HealthRequest,
    KeptStateRequest,
    R,
    RecordingRequest,
    Report,
    Request,
    ScanRequest,
    TransferRequest,
    UnstickRequest,
    Watched,
    WatchRequest,
)
from hostcore.control.session_messages import AttachRequest
from hostcore.events import EventsDropped, TransferCompleted
from hostcore.events.event_json import from_json, to_json

LONGEST_LINE = 1 << 20
"""The longest line in bytes: as much as host.toml may have, and far more than any transaction or scan needs."""
_REQUESTS: Mapping[str, type[Request]] = {
    "facts": FactsRequest,
    "transfer": TransferRequest,
    "scan": ScanRequest,
    "health": HealthRequest,
    "unstick": UnstickRequest,
    "diagnosis": DiagnosisRequest,
    "watch": WatchRequest,
    "kept-state": KeptStateRequest,
    "recording": RecordingRequest,
    "attach": AttachRequest,
}
_WATCHED: Mapping[str, type[Watched]] = {"transfer": TransferCompleted, "lost": EventsDropped}


def read_line(connection: socket.socket, seconds: float) -> bytes:
    """Receive one line and return it without its newline. Blocks for at most `seconds`.

    Raises:
        ValueError: the line is too long, too slow, or has no end.
        OSError: the connection broke.
    """
    deadline, line = time.monotonic() + seconds, bytearray()
    while not line.endswith(b"\n"):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            part = connection.recv(LONGEST_LINE)
        except TimeoutError:
            raise ValueError(f"no whole line within {seconds:g} s") from None
        if not part:
            raise ValueError("the line has no end")
        line += part
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE} bytes")
    return bytes(line[:-1])


def request_line(request: Request) -> bytes:
    """Encode a request."""
    (name,) = (name for name, kind in _REQUESTS.items() if isinstance(request, kind))
    return _line({name: to_json(request)})


def parse_request(line: bytes) -> Request:
    """Decode a request.

    Raises:
        ValueError: the line is not a request; the message says why.
    """
    name, found = _only_key(line)
    if name not in _REQUESTS:
        raise ValueError(f"no such request; there are {', '.join(_REQUESTS)}")
    return from_json(_REQUESTS[name], found)


def answer_line(answer: Report | Failure) -> bytes:
    """Encode an answer."""
    return _line({"failed" if isinstance(answer, Failure) else "done": to_json(answer)})


def parse_answer(line: bytes, kind: type[R]) -> R:
    """Decode an answer.

    Raises:
        HostError: the error that the answer contains.
        ValueError: the line is not an answer of this kind.
    """
    name, found = _only_key(line)
    if name == "failed":
        raise from_json(Failure, found).error()
    if name != "done":
        raise ValueError("no answer")
    return from_json(kind, found)


def watched_line(event: Watched) -> bytes:
    """Encode a transfer for a client that watches."""
    (name,) = (name for name, kind in _WATCHED.items() if isinstance(event, kind))
    return _line({name: to_json(event)})


def parse_watched(line: bytes) -> Watched:
    """Decode a transfer.

    Raises:
        ValueError: the line is neither a transfer nor a number of lost ones.
    """
    name, found = _only_key(line)
    if name not in _WATCHED:
        raise ValueError("neither a transfer nor a number of lost ones")
    return from_json(_WATCHED[name], found)


def _line(found: object) -> bytes:
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def _only_key(line: bytes) -> tuple[str, Any]:
    try:
        found = json.loads(line)
    except RecursionError:
        raise ValueError("too many levels") from None
    if not (isinstance(found, dict) and len(found) == 1):
        raise ValueError("not a JSON object with one key")
    ((name, value),) = found.items()
    return name, value
