"""Reads the text of a transcript. A mistake is told with its line, what was found, and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hostcore.config.model import Limits
from hostcore.errors import TranscriptError
from hostcore.events import Reading
from hostcore.files import read_bounded
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.quick_dataclass import replace
from hostcore.strict_json import value_of
from hostcore.transcript.model import FORMAT, LIMITS, MOST_BYTES, Call, CallKind, Ends, Transcript, Transfer, numbered
from hostcore.transcript.transfer_line import microseconds_of, transfer_of
from hostcore.transcript.words import found

FIRST_LINE = f"wasi-host transcript {FORMAT}"
MOST_CALLS = 10_000
DRIVER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
"""The name of a driver's file."""


def transcript_in(file: Path) -> Transcript:
    """Read the file of a transcript. Blocks as long as the disk does.

    Raises:
        TranscriptError: it cannot be read, or is no transcript.
    """
    try:
        text = read_bounded(file, MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise TranscriptError(str(error.strerror or error), file=str(file)) from None
    except UnicodeDecodeError as error:
        raise TranscriptError(f"it is not UTF-8 text (byte {error.start})", file=str(file)) from None
    return transcript_of(text, str(file))


def transcript_of(text: str, file: str) -> Transcript:
    """Read the text of a transcript.

    Args:
        text: at most `MOST_BYTES` in UTF-8.
        file: its path, for messages.

    Raises:
        TranscriptError: it is no transcript.
    """
    reader = _Reader()
    line = None
    try:
        for line, content in enumerate(text.split("\n"), 1):
            reader.take(line, content)
        line = None
        return reader.transcript()
    except ValueError as problem:
        raise TranscriptError(str(problem), file=file, line=line) from None


class _Reader:
    """Takes the lines one after the other. Each method raises ValueError with the problem in words."""

    def __init__(self) -> None:
        self._head: dict[str, str] = {}
        self._buses: list[BusName] = []
        self._permissions: list[str] = []
        self._calls: list[Call] = []
        self._call: Call | None = None
        self._transfers: list[Transfer] = []
        self._line = 0
        self._has_begun = self._has_ended = False

    def take(self, line: int, content: str) -> None:
        """Take one line."""
        self._line = line
        text = content.strip()
        if not text or text.startswith("#"):
            return
        word, _, rest = text.partition(" ")
        if not self._has_begun:
            if text != FIRST_LINE:
                raise ValueError(f"found {found(text)}; a transcript begins with the line {FIRST_LINE!r}")
            self._has_begun = True
        elif word in set(CallKind):
            self._begin(CallKind(word), rest.strip())
        elif self._call is not None:
            self._within(word, rest.strip(), text)
        else:
            self._in_head(word, rest.strip())

    def transcript(self) -> Transcript:
        """Return what the lines said."""
        self._end()
        if not self._has_begun:
            raise ValueError(f"it is empty; a transcript begins with the line {FIRST_LINE!r}")
        for key in ("driver", "began"):
            if key not in self._head:
                raise ValueError(f"it has no line {key!r}")
        if not self._calls or self._calls[0].kind is not CallKind.LOAD:
            raise ValueError("its first call has to be 'load at SECONDS': a driver is loaded before it is read")
        return Transcript(
            driver=self._head["driver"],
            began_ns=_began_ns(self._head["began"]),
            calls=numbered(tuple(self._calls)),
            buses=tuple(self._buses),
            permissions=tuple(self._permissions),
            settings=self._head.get("settings", "{}"),
            limits=_limits(self._head),
        )

    def _in_head(self, word: str, value: str) -> None:
        if word == "bus":
            self._buses.append(BusName(value))
        elif word == "permission":
            self._permissions.append(str(parse_permission(value)))
        elif word not in _HEAD:
            allowed = ", ".join((*_HEAD, "bus", "permission", *CallKind))
            raise ValueError(f"found {found(word)}; allowed here are {allowed}")
        elif word in self._head:
            raise ValueError(f"there is a line {word!r} already")
        else:
            _HEAD[word](value)
            self._head[word] = value

    def _begin(self, kind: CallKind, rest: str) -> None:
        self._end()
        at, _, seconds = rest.partition(" ")
        if at != "at":
            raise ValueError(f"found {found(f'{kind} {rest}')}; allowed is '{kind} at SECONDS', as in '{kind} at 1.25'")
        if kind is CallKind.LOAD and self._calls:
            raise ValueError("a driver is loaded once, before all other calls")
        if len(self._calls) >= MOST_CALLS:
            raise ValueError(f"it has more than {MOST_CALLS:,} calls")
        self._call = Call(kind, microseconds_of(seconds), line=self._line)

    def _end(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            if call.kind is CallKind.UPDATE and not call.given:
                self._line = call.line
                raise ValueError("an update has no line 'given {...}' with the readings that are shown")
            self._calls.append(replace(call, transfers=tuple(self._transfers)))
        self._transfers, self._has_ended = [], False

    def _within(self, word: str, rest: str, text: str) -> None:
        """Take a line of a call."""
        call = self._call
        assert call is not None, "it has begun"
        if self._has_ended:
            raise ValueError(f"found {found(word)} after the end of the call; allowed are {', '.join(CallKind)}")
        if word == "given" and call.kind is CallKind.UPDATE:
            _json_object(rest)
            self._call = replace(call, given=rest)
        elif word in _ENDS:
            self._call = replace(call, **_ENDS[word](call, rest))
            self._has_ended = True
        elif word[:1].isdigit():
            self._transfers.append(replace(transfer_of(text), line=self._line))
        else:
            raise ValueError(
                f"found {found(word)}; allowed in a call are transfers, which begin with their time in seconds, and at "
                "its end: reading {...}, error, survives"
            )


def _reading(call: Call, rest: str) -> dict[str, Any]:
    if call.kind is not CallKind.READ:
        raise ValueError(f"found a reading in the {call.kind}; it is allowed in a read")
    return {"reading": _json_object(rest)}


def _error(_call: Call, rest: str) -> dict[str, Any]:
    text = _json(rest) if rest else None
    if rest and not isinstance(text, str):
        raise ValueError(f"found {found(rest)}; allowed is a text in double quotes, or nothing for any error")
    return {"ends": Ends.REPORTS, "error": text}


def _survives(_call: Call, rest: str) -> dict[str, Any]:
    if rest:
        raise ValueError(f"found {found(rest)} after 'survives'; nothing is allowed there")
    return {"ends": Ends.SURVIVES}


def _json(text: str) -> Any:
    try:
        return value_of(text)
    except ValueError as problem:
        raise ValueError(f"found {found(text)}, which {str(problem).partition(':')[0]}") from None


def _json_object(text: str) -> Reading:
    value = _json(text)
    if not isinstance(value, dict):
        raise ValueError(f'found {found(text)}; allowed is a JSON object, such as {{"temperature": 21.5}}')
    return value


def _driver(text: str) -> str:
    if not DRIVER.fullmatch(text):
        raise ValueError(f"found {found(text)}; allowed is the name of a driver's file, such as light.py")
    return text


def _began_ns(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"found {found(text)}; allowed is a time such as 2026-01-31T08:00:00.000000Z")
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


def _limit(name: str) -> Callable[[str], object]:
    kind, low, high = LIMITS[name]
    form = re.compile(r"\d{1,9}" if kind is int else r"\d{1,9}(\.\d{1,6})?", re.ASCII)

    def read(text: str) -> object:
        value = kind(text) if form.fullmatch(text) else -1
        if not low <= value <= high:
            raise ValueError(f"found {found(text)}; allowed is {low:g} to {high:.7g}")
        return value

    return read


def _limits(head: Mapping[str, str]) -> Limits:
    chosen: dict[str, Any] = {name: LIMITS[name][0](head[name]) for name in LIMITS if name in head}
    return replace(Limits(), **chosen)


_HEAD: Mapping[str, Callable[[str], object]] = {
    "driver": _driver,
    "began": _began_ns,
    "settings": _json_object,
    **{name: _limit(name) for name in LIMITS},
}
_ENDS: Mapping[str, Callable[[Call, str], dict[str, Any]]] = {
    "reading": _reading,
    "error": _error,
    "survives": _survives,
}
