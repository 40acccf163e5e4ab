"""The list of what happened, from the history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.events import Counters, CrashReport, PluginCrashed, State, StateChanged
from hostcore.events.history import HistoryMark, HistoryReport, MarkKind
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts

pytestmark = pytest.mark.usefixtures("greenwich")

HOUR, DAY = 3600 * S, 86_400 * S


MARKS = (
    HistoryMark(NOW - 200 * DAY, "light", MarkKind.RELOAD, "version 0123456789ab"),
    HistoryMark(NOW - 11 * HOUR, "bme680", MarkKind.CRASH, "exception: KeyError: 'gain' \x1b[2J"),
    HistoryMark(NOW - 10 * HOUR, "bme680", MarkKind.STATE, "backoff: it crashed"),
    HistoryMark(NOW - 9 * HOUR, "light", MarkKind.FINDING, "certain: 0x23 is silent"),
    HistoryMark(NOW - 8 * HOUR, "", MarkKind.FAULT, "faults on demand: 1"),
)


def session(*marks: HistoryMark) -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680"), plugin_facts("light")], marks=marks or MARKS)


def rows(screen: Screen) -> list[str]:
    return [line.strip("║ ") for line in screen.lines if " Jan " in line or " Dec " in line or " Jun " in line]


def test_last_night_is_listed_with_the_newest_first() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "4 marks" in screen.text)
        assert "What happened in the last 24 h" in screen.text
        assert rows(screen) == [
            "1 Jan 04:00:00 F host        faults on demand: 1",
            "1 Jan 03:00:00 ! light       certain: 0x23 is silent",
            "1 Jan 02:00:00 o bme680      backoff: it crashed",
            r"1 Jan 01:00:00 x bme680      exception: KeyError: 'gain' \x1b[2J",
        ]
        await screen.press("minus", "minus", "minus")
        await screen.until(lambda: "version 0123456789ab" in screen.text)
        assert "What happened in the last 365 days" in screen.text
        await screen.press("escape")
        assert "3 Log" in screen.text

    drive(scenario, session())


def test_a_text_leaves_the_marks_of_one_hour_or_with_a_word_and_esc_shows_all_again() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "4 marks" in screen.text)
        await screen.press("slash")
        await screen.paste(" 0[12]:")
        await screen.press("enter")
        assert [row[6:11] for row in rows(screen)] == ["02:00", "01:00"]
        await screen.press("slash")
        await screen.paste("moon")
        await screen.press("enter")
        assert rows(screen) == [] and "nothing passes the filters" in screen.text
        await screen.press("escape")
        assert "4 marks" in screen.text, "the list is still there"
        await screen.press("slash")
        await screen.paste("crash bme")
        await screen.press("enter", "enter")
        assert "crash of bme680" in screen.text

    drive(scenario, session())


def test_it_can_be_of_one_plugin_and_without_states() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "4 marks" in screen.text)
        await screen.press("s")
        assert [row[15] for row in rows(screen)] == ["F", "!", "x"] and "without states, 3 marks" in screen.text
        await screen.press("s", "p")
        assert [row[15] for row in rows(screen)] == ["F", "o", "x"], "what concerns the whole host concerns each plugin"
        await screen.press("p")
        assert [row[15] for row in rows(screen)] == ["F", "!"]
        await screen.press("p")
        assert len(rows(screen)) == 4

    drive(scenario, session())


def test_what_just_happened_is_in_the_list_once() -> None:
    report = CrashReport(
        NOW - S, "bme680", "plugins/bme680.py", "0123456789ab", "exception", "KeyError: 'gain'", "", "", "read", "",
        (), (), Counters(), "1.0",
    )  # fmt: skip
    stored = HistoryMark(NOW - S, "bme680", MarkKind.CRASH, "exception: KeyError: 'gain'")

    async def scenario(screen: Screen) -> None:
        await screen.publish(
            PluginCrashed(NOW - S + 999_999, "bme680", report, ""),
            StateChanged(NOW - S, "bme680", State.RUNNING, State.BACKOFF, "it crashed"),
            StateChanged(NOW - S, "bme680", State.BACKOFF, State.BACKOFF, "the line is known"),
        )
        await screen.press("3", "t")
        await screen.until(lambda: "2 marks" in screen.text)
        assert len(rows(screen)) == 2
        assert screen.line("x bme680", "exception: KeyError: 'gain'")
        assert screen.line("o bme680", "backoff: the line is known")

    drive(scenario, session(stored))


def test_the_cursor_stays_on_its_mark_when_something_new_happens() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "4 marks" in screen.text)
        await screen.press("down", "down", "down")
        await screen.publish(StateChanged(NOW, "light", State.RUNNING, State.STOPPED, "a person stopped it"))
        await screen.press("enter")
        assert r"exception: KeyError: 'gain' \x1b[2J" in screen.text and "crash of bme680" in screen.text

    drive(scenario, session())


def test_what_happened_again_and_again_is_one_row() -> None:
    many = [HistoryMark(NOW - HOUR + number * 10 * S, "light", MarkKind.CRASH, "KeyError") for number in range(14)]
    loads = [replace(each, kind=MarkKind.STATE, text="loading", time_ns=each.time_ns + S) for each in many]
    long_ago = replace(many[0], time_ns=NOW - 3 * HOUR)

    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "29 marks" in screen.text)
        assert rows(screen) == [
            "1 Jan 11:02:11 o light       x14 since 11:00:01: loading",
            "1 Jan 11:02:10 x light       x14 since 11:00:00: KeyError",
            "1 Jan 09:00:00 x light       KeyError",
        ]

    drive(scenario, session(long_ago, *(each for pair in zip(many, loads, strict=True) for each in pair)))


def test_the_list_opens_before_the_history_has_answered() -> None:
    slow = session()
    slow.reading.clear()

    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        assert screen.text.count("asking the history") == 2
        slow.reading.set()
        await screen.until(lambda: "4 marks" in screen.text)

    drive(scenario, slow)


def test_the_history_is_asked_again_from_time_to_time() -> None:
    later = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: "4 marks" in screen.text)
        later.marks = (*MARKS, HistoryMark(NOW + 60 * S, "light", MarkKind.FINDING, "over: 0x23 is silent"))
        await screen.wait(301)
        await screen.until(lambda: "over: 0x23 is silent" in screen.text)

    drive(scenario, later)


def test_why_there_is_no_history_is_said() -> None:
    without = ScriptedSession(
        known=[plugin_facts("light")],
        stored=HistoryReport.without("this host keeps no history \x07"),
    )

    async def scenario(screen: Screen) -> None:
        await screen.press("3", "t")
        await screen.until(lambda: r"no history: this host keeps no history \x07" in screen.text)
        assert "nothing happened in this time" in screen.text

    drive(scenario, without)
