"""A session file: what was recorded comes back at its time; cut, damaged or forged, it harms nobody."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.errors import RecordingError
from hostcore.events import (
    Alarm,
    AlarmCleared,
    AlarmRaised,
    Confidence,
    Event,
    EventsDropped,
    Finding,
    FindingCleared,
    FindingRaised,
    LogWritten,
    Outcome,
    PluginsChanged,
)
from hostcore.events.event_json import to_json
from hostcore.files.frames import frame
from hostcore.session_file import writer
from hostcore.session_file.model import MAGIC, PART, Kind, MarkKind
from hostcore.session_file.player import Player
from hostcore.session_file.reading import is_session_file
from hostcore.session_file.searching import found_in
from hostcore.view.view import View
from tests.session_files import BEGAN, HEADER, KNOWN, US, S, content_of, log, opened, reading, transfer

on_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
HOUR = [log(second / 2, f"line {second}") for second in range(120)]
WHOLE = content_of(HOUR, earlier=[log(-5, "before")])


def played(player: Player) -> list[Event]:
    return list(player.go_to(player.end_us).events)


def texts(events: list[Event]) -> list[str]:
    return [each.text for each in events if isinstance(each, LogWritten)]


def test_what_was_recorded_comes_back(tmp_path: Path) -> None:
    file = opened(tmp_path, WHOLE)
    assert (file.header, file.reason, file.problem) == (HEADER, "it was stopped", "")
    player = Player(file, lambda: 0)
    assert player.known == KNOWN
    assert played(player) == [log(-5, "before"), *HOUR]
    assert file.end_us == 59.5 * US
    assert is_session_file(file.path)


def test_the_clock_of_the_player_is_the_recorded_one(tmp_path: Path) -> None:
    now = 0
    player = Player(opened(tmp_path, WHOLE), lambda: now)
    assert texts(list(player.go_to(0).events)) == ["before", "line 0"]
    now = 5 * S
    assert player.advance() == (), "it does not play yet"
    player.play()
    now += 2 * S
    assert texts(list(player.advance())) == ["line 1", "line 2", "line 3", "line 4"]
    assert player.wall_ns() == BEGAN + 2 * S
    player.change_speed(1)
    now += S
    assert (texts(list(player.advance())), player.speed) == (["line 5", "line 6", "line 7", "line 8"], 2.0)
    player.pause()
    now += S
    assert player.advance() == ()
    player.play()
    now += 3600 * S
    assert texts(list(player.advance()))[-1] == "line 119"
    assert (player.is_at_end, player.is_playing) == (True, False)


def test_a_flood_slows_the_clock_down_and_loses_nothing(tmp_path: Path) -> None:
    now, flood = 0, [log(1 + n / 10_000, f"line {n}") for n in range(5_000)]
    player = Player(opened(tmp_path, content_of(flood)), lambda: now)
    player.play()
    steps = []
    while not player.is_at_end:
        now += 60 * S
        steps.append(len(list(player.advance())))
    assert steps == [2_000, 2_000, 1_000]


@on_files
@given(place=st.floats(0, 60), other=st.floats(0, 60))
def test_a_jump_leads_to_what_playing_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: float, other: float
) -> None:
    monkeypatch.setattr(writer, "KEYFRAME_ENTRIES", 10)
    monkeypatch.setattr(writer, "KEYFRAME_US", 0)
    happened = sorted([*HOUR, *(reading(each, each) for each in range(60))], key=lambda event: event.time_ns)
    file = opened(tmp_path, content_of(happened))
    assert sum(each.is_keyframe for each in file.parts) > 5
    player, view = Player(file, lambda: 0), View(KNOWN.facts, KNOWN.plugins)
    list(player.go_to(round(other * US)).events)
    view.fold(player.go_to(round(place * US)).events)
    expected = [each for each in happened if each.time_ns <= BEGAN + round(place * US) * 1_000]
    straight = View(KNOWN.facts, KNOWN.plugins)
    straight.fold(expected)
    assert shown(view) == shown(straight)


def shown(view: View) -> tuple[list[str], object]:
    """The log lines, and the last value."""
    item = view.readings.item(("light", "lux"))
    return [entry.line.text for entry in view.log.items.all()], item and item.raw


@on_files
@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_is_cut_at_any_byte_is_read_up_to_there(tmp_path: Path, size: int) -> None:
    try:
        file = opened(tmp_path, WHOLE[:size])
    except RecordingError as error:
        assert "\n" not in str(error)
        return
    assert file.problem
    found = played(Player(file, lambda: 0))
    assert found == [log(-5, "before"), *HOUR][: len(found)]


@on_files
@given(st.integers(0, 8 * len(WHOLE) - 1))
def test_a_flipped_bit_is_told_in_one_line(tmp_path: Path, bit: int) -> None:
    content = bytearray(WHOLE)
    content[bit // 8] ^= 1 << bit % 8
    try:
        file = opened(tmp_path, bytes(content))
        found = played(Player(file, lambda: 0))
    except RecordingError as error:
        assert "\n" not in str(error)
        return
    assert "at byte" in file.problem
    assert found == [log(-5, "before"), *HOUR][: len(found)]


def part(kind: Kind, raw: bytes, count: int, *, begin_us: int = 0, end_us: int = 0) -> bytes:
    deflate = zlib.compressobj()
    return frame(
        kind, PART.pack(begin_us, end_us, BEGAN, count) + deflate.compress(raw) + deflate.flush(zlib.Z_SYNC_FLUSH)
    )


def marks(at_us: int, text: str) -> bytes:
    return frame(Kind.MARKS, json.dumps([{"at_us": at_us, "kind": "crash", "text": text}]).encode())


START = MAGIC + frame(Kind.HEADER, json.dumps(to_json(HEADER)).encode())
FORGED = (b'[0,"known",{}]\n', b"[[[[\n", b'[0,"LogWritten",{}]\n', b"[1e999,3,4]\n", b"7\n")
junk = st.binary(max_size=200) | st.sampled_from(FORGED)


@on_files
@given(st.lists(st.tuples(st.sampled_from(Kind), junk, st.integers(0, 3)), max_size=4))
def test_a_forged_file_is_refused_or_shown_and_never_breaks_anything(
    tmp_path: Path, frames: list[tuple[Kind, bytes, int]]
) -> None:
    content = START + b"".join(part(kind, raw, count) for kind, raw, count in frames)
    try:
        played(Player(opened(tmp_path, content), lambda: 0))
    except RecordingError as error:
        assert len(str(error)) < 2_000


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is no session of wasi-host"),
        (b"WASIHOST recording 1\n", "it is no session of wasi-host"),
        (b"WASIHOST session 2\n", "another version"),
        (MAGIC, "cut or damaged at byte 19"),
        (START, "after a whole part, or is still being written, before anything can be shown"),
        (START + part(Kind.SEGMENT, b"", 0), "there is no keyframe before the first segment at byte"),
        (START + part(Kind.KEYFRAME, b"", 0), "does not say which host"),
        (START + part(Kind.KEYFRAME, b" " * (33 << 20), 1), "it has more than 32 MiB"),
        (START + part(Kind.KEYFRAME, b"", 60_000), "too many entries"),
        (START + part(Kind.KEYFRAME, b"", 0, begin_us=5), "times that go back"),
        (START + part(Kind.KEYFRAME, b"1\n2\n", 1), "it has 2 entries, and says 1"),
        (START + part(Kind.KEYFRAME, b"[1,2,3],4\n", 1), "an entry is several"),
        (START + marks(-1, "x"), "marks that cannot be at byte"),
        (START + marks(1 << 62, "x"), "marks that cannot be"),
        (START + marks(1, "x" * 201), "marks that cannot be"),
        (MAGIC + frame(Kind.HEADER, json.dumps(to_json(replace(HEADER, host_name="x" * 251))).encode()), "a name at"),
    ],
)  # fmt: skip
def test_the_problem_of_a_file_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(RecordingError, match=problem):
        played(Player(opened(tmp_path, content), lambda: 0))


def test_a_part_that_cannot_be_read_ends_the_way_there_and_no_more(tmp_path: Path) -> None:
    middle = content_of([log(1, "one")], end=None)
    file = opened(tmp_path, middle + part(Kind.SEGMENT, b"junk\n", 1, begin_us=2 * US, end_us=3 * US))
    player = Player(file, lambda: 0)
    assert texts(played(player)) == ["one"]
    assert "the part at byte" in player.problem
    assert texts(list(player.go_to(0).events)) == []
    assert player.problem == ""
    assert texts(played(player)) == ["one"]
    assert "the part at byte" in player.problem, "it is told each time"


def test_names_that_a_terminal_would_act_on_are_left_out(tmp_path: Path) -> None:
    evil = LogWritten(BEGAN, "\x1b]0;evil\a", log(0, "").level, "text")
    player = Player(opened(tmp_path, content_of([evil, log(1, "good")])), lambda: 0)
    assert texts(played(player)) == ["good"]
    assert player.unreadable == 1


def test_an_event_that_is_too_large_is_told_as_lost(tmp_path: Path) -> None:
    file = opened(tmp_path, content_of([log(1, "x" * (4 << 20)), log(2, "two")]))
    assert played(Player(file, lambda: 0)) == [EventsDropped(BEGAN + S, 1), log(2, "two")]


def test_only_the_begin_of_what_is_wrong_is_marked(tmp_path: Path) -> None:
    finding = Finding("silent-address", "0x23 is silent", "look", Confidence.LIKELY, plugin="light")
    alarm = Alarm("warm", "it is warm")
    happened: list[Event] = [
        transfer(1, Outcome.NO_ACKNOWLEDGE), transfer(2, Outcome.NO_ACKNOWLEDGE), transfer(3),
        transfer(4, Outcome.NO_ACKNOWLEDGE), FindingRaised(BEGAN + 5 * S, finding, 0),
        FindingRaised(BEGAN + 6 * S, finding, 0), FindingCleared(BEGAN + 7 * S, finding),
        FindingRaised(BEGAN + 8 * S, finding, 0), AlarmRaised(BEGAN + 9 * S, alarm, 0),
        AlarmRaised(BEGAN + 10 * S, alarm, 0),
        AlarmCleared(BEGAN + 11 * S, alarm),
    ]  # fmt: skip
    file = opened(tmp_path, content_of(happened))
    assert [(each.at_us // US, each.kind) for each in file.marks] == [
        (1, MarkKind.FAULT), (4, MarkKind.FAULT), (5, MarkKind.FINDING), (8, MarkKind.FINDING), (9, MarkKind.ALARM)
    ]  # fmt: skip
    player = Player(file, lambda: 0)
    found = []
    while (mark := player.mark_after()) is not None:
        found.append(mark)
        list(player.go_to(mark.at_us).events)
    assert found == file.marks
    assert player.mark_before() == file.marks[-2]


def test_lost_events_are_told_also_after_a_jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "KEYFRAME_ENTRIES", 1)
    monkeypatch.setattr(writer, "KEYFRAME_US", 0)
    file = opened(
        tmp_path, content_of([log(1, "one"), EventsDropped(BEGAN + 2 * S, 7), log(3, "two"), log(9, "three")])
    )
    player, view = Player(file, lambda: 0), View(KNOWN.facts, KNOWN.plugins)
    view.fold(player.go_to(8 * US).events)
    assert view.dropped == 7


def test_other_plugins_are_known_from_the_event_that_tells_of_them(tmp_path: Path) -> None:
    file = opened(tmp_path, content_of([log(1, "one"), PluginsChanged(BEGAN + 2 * S, ("light", "air"))]))
    player = Player(file, lambda: 0)
    assert played(player)[-1] == PluginsChanged(BEGAN + 2 * S, ("light", "air"))
    assert player.known == KNOWN


def test_a_text_is_found_in_any_case(tmp_path: Path) -> None:
    file = opened(tmp_path, content_of([log(1, "Grüße"), log(2, 'the "LAMP"'), transfer(3), log(4, "lamp")]))
    found = [each for each in found_in(file, "lamp") if each is not None]
    assert [(each.at_us // US, each.text) for each in found] == [(2, 'light: the "LAMP"'), (4, "light: lamp")]
    assert [each.text for each in found_in(file, "GRÜSSE") if each] == ["light: Grüße"]
    assert [each for each in found_in(file, "sequence") if each] == [], "names of fields are no text"


def test_a_line_is_found_as_it_is_shown_with_the_name_of_its_plugin(tmp_path: Path) -> None:
    file = opened(tmp_path, content_of([log(1, "too bright"), log(2, "dark")]))
    assert [each.text for each in found_in(file, "light: too") if each] == ["light: too bright"]
