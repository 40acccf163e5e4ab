"""Rows that are longer than their pane: nothing that matters is out of reach."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hostcore.events import (
    Event,
    Level,
    LogWritten,
    Outcome,
    Presence,
    Probed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

CAUSE = "KeyError: 'calibration' in read, line 77, while it handled the answer of the chip at 0x76; the last words: END"
I2C = BusName("i2c-1")
OVERVIEW, SINGLE = (120, 40), (80, 24)


def session(**facts: object) -> ScriptedSession:
    made = replace(host_facts(started_ns=NOW), **facts)  # type: ignore[arg-type]
    return ScriptedSession(facts=made, known=[plugin_facts("air"), plugin_facts("light")])


def line(number: int, text: str = "", level: Level = Level.INFO, **facts: bool) -> LogWritten:
    return LogWritten(NOW, "light", level, text or f"line {number}.", **facts)


def pane_lines(screen: Screen) -> list[str]:
    """The rows within the frame that has the focus."""
    return [each.split("║")[1] for each in screen.lines if each.count("║") == 2]


@pytest.mark.parametrize("size", [OVERVIEW, SINGLE])
def test_a_row_that_is_cut_says_so_and_its_whole_text_stands_below_while_the_cursor_is_on_it(
    size: tuple[int, int],
) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(StateChanged(NOW, "air", State.LOADING, State.STOPPED, CAUSE))
        await screen.press("2")
        assert screen.line("air  ", "- stopped").split("║")[1].endswith("…")
        assert CAUSE in " ".join(" ".join(pane_lines(screen)).split())
        assert any(each.startswith("> KeyError") for each in pane_lines(screen))
        await screen.press("down")
        assert not any(each.startswith("> ") for each in pane_lines(screen))

    drive(scenario, session(), size)


def test_a_key_wraps_long_rows_and_cuts_them_again() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(line(number, f"{number} " + "word " * 30 + "END") for number in range(40)))
        await screen.press("3", "up")
        cut = screen.text.count("END")
        await screen.press("W")
        assert screen.text.count("END") > cut
        assert all("…" not in each for each in pane_lines(screen))
        await screen.press("home")
        assert pane_lines(screen)[0].split()[-1] != "END" and "INFO" not in pane_lines(screen)[1]
        await screen.press("W")
        assert pane_lines(screen)[0].endswith("…")

    drive(scenario, session(), SINGLE)


def test_the_row_under_the_cursor_is_in_sight_with_all_its_lines_while_rows_are_wrapped() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(line(number, f"<{number}> " + "word " * 60 + f"END{number}.") for number in range(40)))
        await screen.press("3", "home", "W")
        for number in range(1, 12):
            await screen.press("down")
            assert f"<{number}>" in screen.text and f"END{number}." in screen.text

    drive(scenario, session(), SINGLE)


def test_the_mouse_finds_a_row_by_any_of_its_lines() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(line(0, "first " * 40), line(1, "second"))
        await screen.press("3", "home", "W")
        place = next(place for place, each in enumerate(screen.lines) if "second" in each)
        await screen.pilot.click(offset=(20, place))
        await screen.pilot.pause()
        assert screen.app.panes.current.cursor == 1

    drive(scenario, session(), SINGLE)


def test_the_error_of_a_driver_is_told_whole_at_the_cursor() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingFailed(NOW, "air", CAUSE))
        assert f"ERROR {CAUSE}" in " ".join(" ".join(pane_lines(screen)).split())

    drive(scenario, session(), OVERVIEW)


def test_the_rows_below_count_those_that_the_whole_text_of_a_row_hides() -> None:
    async def scenario(screen: Screen) -> None:
        values = {f"value{number:02}": number for number in range(40)}
        await screen.publish(ReadingFailed(NOW, "air", 3 * CAUSE), ReadingPublished(NOW, "light", values))
        await screen.press("1")
        assert any(each.startswith("> ") for each in pane_lines(screen))
        last = max(map(int, re.findall(r"value(\d\d)", screen.text)))
        assert f"{39 - last} rows below" in screen.text

    drive(scenario, session(), SINGLE)


@pytest.mark.parametrize("key", ["3", "4"])
def test_a_pane_that_gets_the_whole_screen_fills_it_with_its_newest_rows(key: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(line(number) for number in range(200)))
        await screen.press("3", "z")
        filled = [each for each in pane_lines(screen) if "line " in each]
        assert len(filled) == len(pane_lines(screen))
        assert "line 199." in filled[-1]

    drive(scenario, session(), OVERVIEW)


# Tracebacks

TRACEBACK = ("Traceback (most recent call last):", '  File "light.py", line 7, in read', "KeyError: 'lux'")


def test_a_traceback_is_one_row_that_names_its_error_and_opens_with_enter() -> None:
    async def scenario(screen: Screen) -> None:
        more = [line(0, each, Level.ERROR, continues=True) for each in TRACEBACK]
        await screen.publish(line(0, "reading failed", Level.ERROR), *more, line(1))
        await screen.press("3", "up")
        assert screen.line("reading failed ... KeyError: 'lux' (+3 lines: Enter)")
        assert "Traceback" not in screen.text
        await screen.press("enter")
        assert all(each.strip() in screen.text for each in TRACEBACK)

    drive(scenario, session(), SINGLE)


def test_the_words_of_a_traceback_are_found() -> None:
    async def scenario(screen: Screen) -> None:
        more = [line(0, each, Level.ERROR, continues=True) for each in TRACEBACK]
        await screen.publish(line(0, "reading failed", Level.ERROR), *more, line(1))
        await screen.press("3", "slash")
        await screen.type("light")
        await screen.press("enter")
        assert "reading failed" in screen.text

    drive(scenario, session(), SINGLE)


# Levels


def test_the_log_shows_the_levels_of_host_toml_and_a_key_shows_the_others() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(line(0, "a detail", Level.DEBUG), line(1, "the news"))
        await screen.press("3")
        assert "the news" in screen.text and "a detail" not in screen.text
        await screen.press("l", "l", "l")
        assert "a detail" in screen.text and "debug and above" in screen.text
        await screen.press("escape")
        assert "a detail" not in screen.text

    drive(scenario, session(log_level=Level.INFO), SINGLE)


# The map of the bus


@pytest.mark.parametrize("size", [OVERVIEW, SINGLE, (60, 18)])
def test_no_key_takes_the_map_of_a_bus_out_of_sight(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        probed = tuple(Probed(each, Presence.ABSENT, "") for each in range(0x08, 0x78))
        await screen.publish(ScanCompleted(NOW, BusName("i2c-1"), ScanMode.AUTO, probed, 1))
        await screen.press("5")
        for key in ("end", "pagedown", "pagedown", "home", "pageup", "end", "space"):
            await screen.press(key)
            assert screen.line("00: ") and screen.line("70: "), key
        assert "0x77" in screen.text

    drive(scenario, session(), size)


@pytest.mark.parametrize("key", ["1", "3"])
def test_beside_problems_the_log_still_has_lines_and_the_focused_pane_gets_most_of_the_room(key: str) -> None:
    async def scenario(screen: Screen) -> None:
        broken = (StateChanged(NOW, f"p{number}", State.LOADING, State.QUARANTINED, CAUSE) for number in range(4))
        await screen.publish(*broken, *(line(number, f"row {number}. " + "x" * 25 + "END") for number in range(60)))
        await screen.press(key)
        assert screen.text.count("END") >= (8 if key == "3" else 3), screen.text

    drive(scenario, session(), OVERVIEW)


@pytest.mark.parametrize(("key", "filters"), [("3", ["l", "l"]), ("4", ["x"])])
def test_a_filter_on_a_list_that_follows_shows_all_rows_that_pass_it(key: str, filters: list[str]) -> None:
    async def scenario(screen: Screen) -> None:
        rows: list[Event] = []
        for number in range(60):
            is_bad = number % 10 == 0
            rows.append(line(number, f"row {number}.", Level.ERROR if is_bad else Level.INFO))
            outcome = Outcome.NO_ACKNOWLEDGE if is_bad else Outcome.OK
            rows.append(TransferCompleted(NOW, "light", I2C, 0x23, (), outcome, f"row {number}.", 1))
        await screen.publish(*rows)
        await screen.press(key, *filters)
        assert [f"row {number}." in screen.text for number in (0, 10, 20, 30, 40, 50)] == [True] * 6

    drive(scenario, session(), SINGLE)


@pytest.mark.parametrize("pane", ["1", "2", "7"])
def test_a_pane_that_is_scrolled_names_the_rows_above_also_when_it_has_lost_the_focus(pane: str) -> None:
    lines = [f"pwm:{number}" for number in range(20)]
    known = [plugin_facts("cooling", *lines), *(plugin_facts(f"lamp{number}") for number in range(40))]

    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "cooling", {f"fan{number}": number for number in range(40)}))
        await screen.press(pane)
        shown = screen.app.panes.current
        assert "above" not in shown.note()
        await screen.press("end", "6")
        await screen.wait(1)
        assert shown.top > 0 and not shown.has_focus
        assert f"{shown.top} rows above" in screen.text

    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known), OVERVIEW)
