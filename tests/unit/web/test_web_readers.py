"""Server-sent events: one frame for all, bounded queues, and losses that are told."""

from __future__ import annotations

import asyncio
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import (
    Event,
    EventsDropped,
    LeftOut,
    Level,
    LogWritten,
    PageRendered,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.events.event_json import to_json
from hostcore.events.stream import Numbered
from hostcore.web import readers as readers_module
from hostcore.web.frames import KINDS, NAMES, USUAL_KINDS, event_frame, frame
from hostcore.web.readers import CHUNK_BYTES, QUEUE_BYTES, QUEUE_FRAMES, Reader, Readers
from hostcore.web.web_view import WebView
from tests.scripted_session import host_facts, plugin_facts


def log(number: int, text: str = "") -> Numbered:
    return Numbered(number, LogWritten(number, "light", Level.INFO, text))


def numbered(number: int, event: Event) -> Numbered:
    return Numbered(number, event)


def taken(reader: Reader) -> list[tuple[str, object]]:
    """Names and data of the frames that wait."""
    data = asyncio.run(reader.take(0)) or b""
    blocks = (
        dict(line.split(": ", 1) for line in block.splitlines()) for block in data.decode().split("\n\n") if block
    )
    return [(block["event"], json.loads(block["data"])) for block in blocks]


# Frames


def test_every_kind_of_event_has_a_name_of_its_own() -> None:
    assert set(NAMES) == set(get_args(Event))
    assert len(set(NAMES.values())) == len(NAMES)


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_can_end_an_event_or_begin_another(text: str) -> None:
    data = event_frame(LogWritten(1, "light", Level.INFO, text), 7)
    assert data.startswith(b"id: 7\nevent: log\ndata: {")
    assert data.endswith(b"}\n\n")
    assert data.count(b"\n") == 4
    assert b"\r" not in data
    assert json.loads(data.partition(b"data: ")[2])["text"] == text


@given(st.dictionaries(st.text(st.characters(exclude_categories=())), st.floats(allow_nan=False) | st.text()))
def test_a_round_is_framed_like_any_event_although_its_readings_are_json_already(reading: dict[str, object]) -> None:
    event = RoundCompleted(5, 3, {"light": reading})
    data = event_frame(event, 7)
    assert data.startswith(b"id: 7\nevent: round\ndata: {")
    assert data.count(b"\n") == 4
    assert json.loads(data.partition(b"data: ")[2]) == to_json(event)


# One reader


def test_a_reader_gets_only_what_it_asked_for_and_always_what_was_lost() -> None:
    readers = Readers(WebView(host_facts()))
    reader = readers.join(frozenset({"state"}))
    readers.deliver(
        [log(1), numbered(2, EventsDropped(1, 5)), numbered(3, StateChanged(3, "a", State.LOADING, State.RUNNING, ""))]
    )
    assert [name for name, _ in taken(reader)] == ["dropped", "state"]


def test_an_event_is_written_once_however_many_read_it_and_not_at_all_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = []
    monkeypatch.setattr(readers_module, "event_frame", lambda *a: written.append(a) or b"x")
    readers = Readers(WebView(host_facts()))
    readers.deliver([log(1)])
    for _ in range(50):
        readers.join(frozenset({"log"}))
    readers.deliver([log(2)])
    assert [sequence for _, sequence in written] == [2]


def test_a_reader_that_takes_nothing_loses_the_oldest_and_is_told_how_many() -> None:
    readers = Readers(WebView(host_facts()))
    stalled, other = readers.join(frozenset({"log"})), readers.join(frozenset({"log"}))
    for number in range(QUEUE_FRAMES + 30):
        readers.deliver([log(number)])
        assert len(taken(other)) == 1, "it does not suffer from the one that stalls"
    told, *lines = taken(stalled)
    assert told == ("dropped", {"count": 30})
    assert [line["time_ns"] for _, line in lines] == list(range(30, QUEUE_FRAMES + 30))
    assert taken(stalled) == [], "it is told once"
    assert readers.dropped == 30


def test_large_pages_do_not_pile_up() -> None:
    reader = Reader(KINDS)
    page = frame("page", "x" * (QUEUE_BYTES // 3))
    for _ in range(100):
        reader.offer(page)
    assert reader.lost == 98


def test_a_page_larger_than_the_queue_is_lost_and_told() -> None:
    reader = Reader(KINDS)
    reader.offer(frame("page", "x" * QUEUE_BYTES))
    assert taken(reader) == [("dropped", {"count": 1})]


def test_what_waits_is_written_in_pieces_of_whole_frames() -> None:
    reader = Reader(KINDS)
    for number in range(4):
        reader.offer(frame("log", f"{number}" * (CHUNK_BYTES // 3)))
    assert [len(taken(reader)) for _ in range(2)] == [2, 2]
    reader.offer(frame("page", "x" * (2 * CHUNK_BYTES)))
    assert len(taken(reader)) == 1


def test_who_names_no_kinds_gets_none_that_come_by_the_thousand() -> None:
    assert USUAL_KINDS | {"transfer", "counters"} == KINDS
    assert not USUAL_KINDS & {"transfer", "counters"}


def test_silence_is_told_apart_from_the_end() -> None:
    reader = Reader(KINDS)
    assert asyncio.run(reader.take(0)) == b""
    reader.close()
    assert asyncio.run(reader.take(0)) is None


# Who comes late


def test_a_reader_starts_with_the_newest_round_and_page() -> None:
    readers = Readers(WebView(host_facts(), [plugin_facts("dashboard")]))
    readers.deliver([numbered(1, RoundCompleted(1, 1, {"a": 1})), numbered(2, PageRendered(2, "dashboard", 1, "<p>"))])
    round_, page, problem = taken(readers.join())
    assert round_ == ("round", {"time_ns": 1, "number": 1, "readings": {"a": 1}, "left_out": []})
    assert page == ("page", {"time_ns": 2, "plugin": "dashboard", "number": 1, "html": "<p>"})
    assert problem == ("problem", {"problem": ""})


def test_a_round_tells_which_readings_it_had_no_room_for() -> None:
    readers = Readers(WebView(host_facts(), [plugin_facts("camera")]))
    missing = LeftOut("camera", 600_000, 12, "the reading is left out")
    readers.deliver([numbered(1, RoundCompleted(1, 1, {"camera": {"error": "the reading is left out"}}, (missing,)))])
    ((_, told),) = taken(readers.join(frozenset({"round"})))
    assert isinstance(told, dict)
    assert told["left_out"] == [
        {"plugin": "camera", "bytes": 600_000, "values": 12, "problem": "the reading is left out"}
    ]


def test_that_the_page_is_gone_and_back_is_told_once_each() -> None:
    readers = Readers(WebView(host_facts(), [plugin_facts("dashboard")]))
    readers.deliver([numbered(1, PageRendered(1, "dashboard", 1, "<p>"))])
    reader = readers.join(frozenset({"problem"}))
    assert taken(reader) == [("problem", {"problem": ""})]
    readers.deliver([numbered(2, StateChanged(2, "dashboard", State.RUNNING, State.BACKOFF, "it died"))])
    ((name, told),) = taken(reader)
    assert name == "problem"
    assert "it died" in str(told)
    readers.deliver(
        [numbered(3, PageRendered(3, "dashboard", 2, "<p>")), numbered(4, PageRendered(4, "dashboard", 3, "<p>"))]
    )
    assert taken(reader) == [("problem", {"problem": ""})]


def test_who_has_left_gets_nothing() -> None:
    readers = Readers(WebView(host_facts()))
    reader = readers.join()
    taken(reader)
    readers.leave(reader)
    readers.deliver([log(1)])
    assert (len(readers), taken(reader)) == (0, [])
