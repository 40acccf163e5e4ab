"""A plugin's log under a hostile plugin: limits that count what they cut, and text that cannot harm a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Level
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import MAX_MARKS, escaped, log_line
from tests.plugin_output import Logged

MORE = re.compile(r" \[(\d+) characters? more]$")
DROPPED = re.compile(r"(\d+) lines? dropped \(more than (\d+) a second\)")


class TestLinesPerSecond:
    def test_a_seconds_worth_comes_out_at_once(self) -> None:
        logged = Logged(50)
        for number in range(50):
            logged.log.write(Level.INFO, f"line {number}")
        assert logged.texts == [f"line {number}" for number in range(50)]
        assert logged.log.lines_dropped == 0

    def test_a_long_silence_saves_up_no_more_than_that(self) -> None:
        logged = Logged(50)
        logged.clock.advance(3600)
        logged.log.write(Level.INFO, "x\n" * 200)
        assert logged.texts == ["x"] * 50

    def test_what_is_beyond_is_counted_and_told_at_the_end_of_the_call(self) -> None:
        logged = Logged(50)
        logged.log.write(Level.ERROR, "\n".join(map(str, range(60))))
        assert logged.texts == [str(number) for number in range(50)]
        logged.log.flush()
        assert logged.lines[50:] == [(Level.WARNING, "10 lines dropped (more than 50 a second)")]
        assert logged.log.lines_dropped == 10

    def test_a_gap_is_told_before_the_next_line_once_there_is_room(self) -> None:
        logged = Logged(2)
        for text in "abc":
            logged.log.write(Level.INFO, text)
        logged.clock.advance(0.5)
        logged.log.write(Level.INFO, "d")
        assert logged.texts == ["a", "b", "1 line dropped (more than 2 a second)", "d"]

    def test_a_steady_flood_comes_in_runs_with_few_reports_between(self) -> None:
        logged = Logged(50)
        for _ in range(10_000):
            logged.log.write(Level.INFO, "x")
            logged.clock.advance(0.001)
        logged.log.flush()
        reports = [text for text in logged.texts if DROPPED.fullmatch(text)]
        assert 10 <= len(reports) <= 21
        assert 500 <= len(logged.lines) - len(reports) <= 550

    def test_one_line_a_second_is_possible(self) -> None:
        logged = Logged(1)
        for _ in range(10):
            logged.log.write(Level.INFO, "tick")
            logged.clock.advance(1)
        assert logged.texts == ["tick"] * 10

    def test_a_plugin_that_stays_below_the_limit_loses_nothing(self) -> None:
        logged = Logged(50)
        for _ in range(1000):
            logged.log.write(Level.INFO, "x")
            logged.clock.advance(0.02)
        assert logged.texts == ["x"] * 1000

    def test_levels_share_the_limit(self) -> None:
        logged = Logged(4)
        for level in (*Level, Level.INFO):
            logged.log.write(level, "x")
        assert [level for level, _ in logged.lines] == list(Level)

    def test_a_gap_is_told_once(self) -> None:
        logged = Logged(1)
        logged.log.write(Level.INFO, "a\nb\nc")
        logged.log.flush()
        logged.log.flush()
        assert logged.texts == ["a", "2 lines dropped (more than 1 a second)"]

    def test_the_total_goes_on_after_a_gap_was_told(self) -> None:
        logged = Logged(1)
        for _ in range(3):
            logged.log.write(Level.INFO, "a\nb\nc")
            logged.log.flush()
            logged.clock.advance(1)
        assert logged.log.lines_dropped == 6

    def test_the_machines_clock_is_the_default(self) -> None:
        lines: list[str] = []
        log = PluginLog(lambda _level, text: lines.append(text))
        log.write(Level.INFO, "x\n" * 1000)
        assert lines == ["x"] * 50


class TestLineLength:
    def test_a_line_of_the_full_length_is_whole(self) -> None:
        assert Logged(line_length=8).print(b"12345678\n") == ["12345678"]

    def test_what_is_beyond_is_counted_in_characters(self) -> None:
        assert Logged(line_length=8).print("°°°°°°°°°°°°".encode()) == ["°°°°°°°° [4 characters more]"]

    def test_a_single_character_more(self) -> None:
        assert Logged(line_length=8).print(b"123456789\n") == ["12345678 [1 character more]"]

    def test_a_line_in_pieces_is_cut_like_a_whole_one(self) -> None:
        assert Logged(line_length=8).print(b"1234", b"56789", b"0123\nnext\n") == [
            "12345678 [5 characters more]",
            "next",
        ]

    def test_a_logged_text_is_cut_too(self) -> None:
        logged = Logged(line_length=8)
        logged.log.write(Level.INFO, "123456789\nshort")
        assert logged.texts == ["12345678 [1 character more]", "short"]

    def test_escapes_count_as_they_are_shown_and_are_never_cut_apart(self) -> None:
        assert log_line("\x1b" * 4, 11) == r"\x1b\x1b [2 characters more]"

    def test_a_tab_counts_as_its_spaces(self) -> None:
        assert log_line("a\tb\tc", 8) == "a   b    [1 character more]"


class TestLineEnds:
    @pytest.mark.parametrize("pieces", [(b"one\r\ntwo\r\n",), (b"one\r", b"\ntwo\r", b"\n"), (b"one\ntwo",)])
    def test_every_convention_ends_a_line_once(self, pieces: tuple[bytes, ...]) -> None:
        assert Logged().print(*pieces) == ["one", "two"]

    def test_a_progress_bar_is_one_line_a_step(self) -> None:
        assert Logged().print(b"10 %\r", b"20 %\r", b"30 %\r") == ["10 %", "20 %", "30 %"]

    def test_a_logged_text_may_hold_returns(self) -> None:
        logged = Logged()
        logged.log.write(Level.INFO, "one\r\ntwo\rthree\r\n")
        assert logged.texts == ["one", "two", "three"]

    def test_empty_lines_are_lines(self) -> None:
        assert Logged().print(b"\n\nx\n") == ["", "", "x"]
        logged = Logged()
        logged.log.write(Level.INFO, "")
        assert logged.texts == [""]

    @pytest.mark.parametrize("separator", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
    def test_what_else_might_break_a_line_is_shown(self, separator: str) -> None:
        assert Logged().print(f"a{separator}b\n".encode()) == [f"a{separator.encode('unicode_escape').decode()}b"]

    def test_outputs_keep_their_unfinished_lines_apart(self) -> None:
        logged = Logged()
        logged.log.output(Level.INFO, b"to stdout, ")
        logged.log.output(Level.WARNING, b"to stderr\n")
        logged.log.output(Level.INFO, b"to the end\n")
        assert logged.lines == [(Level.WARNING, "to stderr"), (Level.INFO, "to stdout, to the end")]


class TestUtf8:
    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_characters_split_between_two_writes_are_joined(self, size: int) -> None:
        data = "21 °C, 漢, 😀".encode()
        assert Logged().print(*(data[at : at + size] for at in range(0, len(data), size))) == ["21 °C, 漢, 😀"]

    @pytest.mark.parametrize(
        ("data", "shown"),
        [
            (b"\xff\xfe", r"\xff\xfe"),
            (b"caf\xe9 au lait", r"caf\xe9 au lait"),
            (b"\xc0\xaf", r"\xc0\xaf"),
            (b"\xed\xa0\x80", r"\xed\xa0\x80"),
            (b"\xf4\x90\x80\x80", r"\xf4\x90\x80\x80"),
            (b"half: \xf0\x9f\x98", r"half: \xf0\x9f\x98"),
        ],
        ids=["never UTF-8", "Latin-1", "overlong", "surrogate", "beyond Unicode", "cut off"],
    )
    def test_bytes_that_are_no_utf_8_are_shown(self, data: bytes, shown: str) -> None:
        assert Logged().print(data) == [shown]

    def test_half_a_character_of_one_call_does_not_spoil_the_next(self) -> None:
        logged = Logged()
        logged.print(b"\xf0\x9f")
        assert logged.print(b"\x98\x80") == [r"\xf0\x9f", r"\x98\x80"]


ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text("a\u0301\u0300\u202e\x1b\r\n\t\ufe0f", max_size=60)
ANY_LINES = st.lists(st.binary() | ANY_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")), max_size=8)


def assert_safe(line: str, length: int) -> None:
    shown = MORE.sub("", line)
    assert len(shown) <= length
    assert shown.isprintable()
    assert longest_pile(shown) <= MAX_MARKS


def longest_pile(text: str) -> int:
    piles = "".join("m" if unicodedata.category(char) in {"Mn", "Me"} else "." for char in text).split(".")
    return max(map(len, piles))


@given(ANY_TEXT)
def test_any_text_is_harmless_once_escaped(text: str) -> None:
    assert escaped(text).isprintable()
    assert longest_pile(escaped(text)) <= MAX_MARKS


@given(ANY_LINES, st.integers(1, 40), st.integers(1, 30))
def test_any_output_comes_out_harmless_and_all_of_it_is_accounted_for(
    pieces: list[bytes], length: int, per_second: int
) -> None:
    logged = Logged(per_second, length)
    lines = logged.print(*pieces)
    dropped = sum(int(found[1]) for found in map(DROPPED.fullmatch, lines) if found)
    kept = [line for line in lines if not DROPPED.fullmatch(line)]
    for line in kept:
        assert_safe(line, length)
    text = b"".join(pieces).decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    assert dropped == logged.log.lines_dropped
    assert len(kept) + dropped == text.count("\n") + (not text.endswith("\n") and text != "")


@given(ANY_LINES)
def test_how_output_is_cut_into_writes_makes_no_difference(pieces: list[bytes]) -> None:
    assert Logged().print(*pieces) == Logged().print(b"".join(pieces))


@given(ANY_TEXT, st.integers(1, 40))
def test_what_a_cut_line_does_not_show_it_counts(text: str, length: int) -> None:
    single = "".join(text.split("\t"))
    line = log_line(single, length)
    assert_safe(line, length)
    more = MORE.search(line)
    beyond = int(more[1]) if more else 0
    assert MORE.sub("", line) == escaped(single[: len(single) - beyond])
