"""What is in a session file, as text or JSON, where there is no screen to show it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hostcore.cli.lines import local_time, say
from hostcore.clock import NS_PER_S
from hostcore.errors import CommandLineError
from hostcore.events.event_json import to_brief_json, to_json
from hostcore.log.safe_text import counted
from hostcore.session_file.entries import Entry, EntryReader
from hostcore.session_file.model import Known
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile
from hostcore.session_file.words import in_short, length

US_PER_S = 1_000_000


def tell_session(path: Path, last: int | None, *, as_json: bool) -> int:
    """Print what is in a session file. Blocks while it is read, a second for each hour of it.

    Args:
        path: the file.
        last: how many of the things that went wrong are listed; None for all.
        as_json: whether all events are printed, a line of JSON each, after one about the whole.

    Returns:
        0; 1 if the file is not whole.

    Raises:
        RecordingError: it cannot be read.
    """
    file = SessionFile(path)
    try:
        known = Player(file, lambda: 0).known
        if as_json:
            _print_json(file, known)
        else:
            for line in _lines(file, known, last):
                say(line)
    finally:
        file.close()
    return int(bool(file.problem))


def _print_json(file: SessionFile, known: Known) -> None:
    about = {
        "header": to_json(file.header),
        "seconds": file.end_us / US_PER_S,
        "plugins": [each.name for each in known.plugins],
        "simulated": known.facts.is_simulated,
        "marks": to_json(tuple(file.marks)),
        "ended": file.reason,
        "problem": file.problem,
    }
    print(json.dumps({"session": about}))
    for entry in _entries(file, EntryReader()):
        name = type(entry.said).__name__
        print(json.dumps({"at": entry.at_us / US_PER_S, "event": name, "with": to_brief_json(entry.said)}))


def _lines(file: SessionFile, known: Known, last: int | None) -> Iterator[str]:
    header = file.header
    yield f"a session of {header.host_name}, recorded {local_time(header.began_ns)} by wasi-host {header.version}"
    yield f"{in_short(file.end_us / US_PER_S, file.size)}; {file.reason or file.problem}"
    if known.facts.is_simulated:
        yield "simulated buses: readings that depend on them are invented"
    if not header.knows_settings:
        yield "the settings of the host were not known, so only what looks like a secret was left out"
    yield f"plugins: {', '.join(each.name for each in known.plugins) or 'none'}"
    reader = EntryReader()
    found = Counter(type(entry.said).__name__ for entry in _entries(file, reader))
    yield f"events: {', '.join(f'{count:,} {name}' for name, count in found.most_common())}"
    if reader.unreadable:
        yield f"{reader.unreadable:,} more are left out, because this program cannot read them"
    chosen = file.marks if last is None else file.marks[-last:]
    yield f"{counted(len(file.marks), 'thing')} went wrong" + (f", the last {len(chosen)}:" if chosen else "")
    for mark in chosen:
        at = local_time(header.began_ns + mark.at_us * NS_PER_S // US_PER_S)
        yield f"  {length(mark.at_us / US_PER_S):>8}  {at}  {mark.kind:<8} {mark.text}"
    yield "in a terminal, wasi-host replay shows it on the screen"


def _entries(file: SessionFile, reader: EntryReader) -> Iterator[Entry]:
    """Yield the first keyframe, and everything after it."""
    for number, part in enumerate(file.parts):
        if not part.is_keyframe:
            continue
        for each, raw in file.raw_from(number):
            if not each.is_keyframe or not number:
                yield from (entry for entry in file.entries(each, raw, reader) if not isinstance(entry.said, Known))


def require_session_options(names: tuple[str, ...]) -> None:
    """Refuse options that only the recording of a plugin has.

    Raises:
        CommandLineError: there are some.
    """
    if names:
        raise CommandLineError(f"{', '.join(names)}: for the recording of a plugin, and this is one of a whole session")
