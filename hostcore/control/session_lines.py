"""The messages of an attached front end and its host as lines, one JSON object each.

The front end sends ``{"id": 1, "request": "order", "with": {...}}``. The host sends ``{"id": 1, "answer": {...}}`` or
``{"id": 1, "error": {"kind": ..., "text": ...}}``. In between, it sends ``{"sequence": 7, "event": "LogWritten",
"with": {...}}`` and, before each event of changed plugins, ``{"plugins": [...]}``.

Fields that have their default are left out. So the default of a field of an event may never change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from hostcore import __version__
from hostcore.control.messages import Failure
from hostcore.control.session_messages import REQUESTS, SessionAnswer, SessionRequest
from hostcore.events import Event, EventsDropped
from hostcore.events.event_json import from_json, to_brief_json
from hostcore.events.facts import PluginFacts
from hostcore.events.stream import LARGE, Numbered
from hostcore.quick_dataclass import dataclass

LONGEST_LINE = 4 << 20
"""The longest line in bytes: more than any reading, page or crash report has."""
LONGEST_SMALL = 128 << 10
"""The longest line in bytes of an event that is small in any case. A front end keeps thousands of some kinds."""
KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name on the wire."""
LONGEST_KIND = 80
"""Characters of the name of a kind of events that this program does not know. More are cut off."""
_NAMES = {kind: name for name, kind in REQUESTS.items()}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived at the host."""

    number: int
    request: SessionRequest | None
    """None if it is not a request that this host knows."""
    problem: str = ""
    """Why it is None."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that arrived at the front end."""

    number: int
    found: Any
    """The JSON of the answer; None if the request failed."""
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event that this program does not know, or whose fields it cannot read."""

    sequence: int
    kind: str
    problem: str


MOST_UNKNOWN = 100
"""Kinds of unknown events that are told apart."""
Arrived = Numbered | Answered | UnknownEvent | tuple[PluginFacts, ...]
"""What a line of the host can be."""


def counted_unknown(counts: Counter[str], event: UnknownEvent, host: str) -> str:
    """Count an event that this program cannot take, and return what a person should know: "" if that was said before.

    Args:
        counts: how many there were of each kind so far.
        event: the event.
        host: the version of the host.
    """
    is_new = event.kind not in counts
    if is_new and len(counts) >= MOST_UNKNOWN:
        return ""
    counts[event.kind] += 1
    verb = f"cannot read ({event.problem})" if event.problem else "does not know"
    text = f"this host (version {host}) sends events that this screen ({__version__}) {verb}: {event.kind}"
    return text if is_new else ""


def ask_line(number: int, request: SessionRequest) -> bytes:
    """Encode a request."""
    return _line({"id": number, "request": _NAMES[type(request)], "with": to_brief_json(request)})


def parse_ask(line: bytes) -> Asked:
    """Decode a request. One that is not valid becomes one with a problem.

    Raises:
        ValueError: the line has no number to answer to.
    """
    found = _object(line)
    number, name = _number(found, "id"), found.get("request")
    if not isinstance(name, str) or name not in REQUESTS:
        return Asked(number, None, f"this host knows no such request; it knows {', '.join(REQUESTS)}")
    try:
        return Asked(number, from_json(REQUESTS[name], found.get("with")))
    except ValueError as error:
        return Asked(number, None, f"not a request of this host: {error}")


def reply_line(number: int, answer: SessionAnswer | Failure) -> bytes:
    """Encode an answer. One that is too large becomes a failure."""
    line = _line({"id": number, "error" if isinstance(answer, Failure) else "answer": to_brief_json(answer)})
    if len(line) > LONGEST_LINE:
        return reply_line(number, Failure("HostError", f"the answer would have more than {LONGEST_LINE} bytes"))
    return line


def event_line(item: Numbered) -> bytes:
    """Encode an event. One that is too large becomes the loss of one event."""
    line = _event_line(item)
    if len(line) > LONGEST_LINE:
        time_ns: int = getattr(item.event, "time_ns", 0)
        return _event_line(Numbered(item.sequence, EventsDropped(time_ns, 1)))
    return line


def kinds_except(*wanted: type) -> tuple[type, ...]:
    """Return all kinds of events but these: what does not need to cross to a front end that takes no others."""
    return tuple(kind for kind in KINDS.values() if kind not in wanted)


def plugins_line(plugins: tuple[PluginFacts, ...]) -> bytes:
    """Encode the present plugins, as many of the first as `fitting` returns."""
    return b'{"plugins":[' + b",".join(_fitting(plugins)) + b"]}\n"


def fitting(plugins: tuple[PluginFacts, ...]) -> tuple[PluginFacts, ...]:
    """Return the first of the plugins, as many as half a line has room for."""
    return plugins[: sum(1 for _ in _fitting(plugins))]


def _fitting(plugins: tuple[PluginFacts, ...]) -> Iterator[bytes]:
    """Encode each of the plugins once, as long as half a line has room for them."""
    room = LONGEST_LINE // 2
    for each in plugins:
        encoded = _line(to_brief_json(each))[:-1]
        room -= len(encoded) + 1
        if room < 0:
            return
        yield encoded


def parse_arrived(line: bytes) -> Arrived:
    """Decode a line of the host.

    Raises:
        ValueError: the line is none of these.
    """
    found = _object(line)
    if "event" in found:
        return _event(found, len(line))
    if "plugins" in found:
        return from_json(tuple[PluginFacts, ...], found["plugins"], "plugins")
    failure = from_json(Failure, found["error"], "error") if "error" in found else None
    return Answered(_number(found, "id"), found.get("answer"), failure)


def _event(found: Mapping[str, Any], size: int) -> Numbered | UnknownEvent:
    sequence, kind = _number(found, "sequence"), str(found["event"])[:LONGEST_KIND]
    if kind not in KINDS:
        return UnknownEvent(sequence, kind, "")
    if size > LONGEST_SMALL and KINDS[kind] not in LARGE:
        return UnknownEvent(sequence, kind, f"it has {size} bytes, and {LONGEST_SMALL} are allowed")
    try:
        return Numbered(sequence, from_json(KINDS[kind], found.get("with")))
    except ValueError as error:
        return UnknownEvent(sequence, kind, str(error))


def _event_line(item: Numbered) -> bytes:
    return _line({"sequence": item.sequence, "event": type(item.event).__name__, "with": to_brief_json(item.event)})


def _line(found: object) -> bytes:
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except RecursionError:
        raise ValueError("too many levels") from None
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def _number(found: Mapping[str, Any], key: str) -> int:
    return from_json(int, found.get(key), key)
