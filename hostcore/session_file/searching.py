"""Finds a text in what a session said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hostcore.events import (
    AccessDenied,
    AlarmRaised,
    Event,
    FindingRaised,
    LogWritten,
    PluginCrashed,
    ReadingFailed,
    ScanFailed,
    StateChanged,
    TransferCompleted,
)
from hostcore.quick_dataclass import dataclass
from hostcore.session_file.entries import EntryReader
from hostcore.session_file.model import Known
from hostcore.session_file.reading import SessionFile


@dataclass(frozen=True, slots=True)
class Found:
    """A place with the text."""

    at_us: int
    """Microseconds since the file's begin."""
    text: str
    """One line. It may contain a plugin's words: escape it."""


def line_of(event: Event) -> str:
    """Return an event in one line for a person; "" if it has no words."""
    words = _WORDS.get(type(event))
    return words(event) if words else ""


_WORDS: Mapping[type, Callable[[Any], str]] = {
    LogWritten: lambda event: f"{event.plugin}: {event.text}",
    StateChanged: lambda event: f"{event.plugin} {event.after}: {event.cause}",
    ReadingFailed: lambda event: f"{event.plugin}: {event.error}",
    PluginCrashed: lambda event: f"{event.plugin} crashed: {event.report.problem}",
    FindingRaised: lambda event: event.finding.sentence,
    AlarmRaised: lambda event: f"{event.alarm.name}: {event.alarm.sentence}",
    AccessDenied: lambda event: f"{event.plugin}: {event.reason}",
    TransferCompleted: lambda event: f"{event.plugin}: {event.detail}" if event.detail else "",
    ScanFailed: lambda event: event.problem,
}


def found_in(file: SessionFile, text: str) -> Iterator[Found | None]:
    """Yield the places of a text, in the order of time; case does not matter.

    Yields None after each part without one, so that the caller can do something else meanwhile, or give up.

    Raises:
        RecordingError: the file is damaged.
    """
    wanted, words = text.casefold(), _words_of(text)
    reader = EntryReader()
    for number, part in enumerate(file.parts):
        if not part.is_keyframe:
            continue
        for each, raw in file.raw_from(number):
            if not (each.is_keyframe and number) and _has_all(raw, words):
                for entry in file.entries(each, raw, reader):
                    if isinstance(entry.said, Known):
                        continue
                    line = line_of(entry.said)
                    if line and wanted in line.casefold():
                        yield Found(entry.at_us, line)
            yield None


def _words_of(text: str) -> tuple[bytes, ...]:
    """Return what is in the JSON of every entry whose line has the text: the fields of a line stand apart there."""
    if not text.isascii():
        return ()
    return tuple(json.dumps(each)[1:-1].lower().encode() for each in text.replace(":", " ").split())


def _has_all(raw: bytes, words: tuple[bytes, ...]) -> bool:
    """Whether lines of JSON have all words: most parts need not be decoded."""
    lowered = raw.lower()
    return all(each in lowered for each in words)
