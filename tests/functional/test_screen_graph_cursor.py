"""The cursor, the marks and the mouse on the graph of a number."""

from __future__ import annotations

import pytest
from textual import events

from hostcore.events import Counters, CrashReport, PluginCrashed
from hostcore.events.history import HistoryMark, MarkKind
from tests.graphs import HOUR, graph_of, hourly, session
from tests.screen import NOW, S, Screen, drive
from tui.readings.graph import Graph

pytestmark = pytest.mark.usefixtures("greenwich")


async def wheel(screen: Screen, kind: type[events.MouseScrollUp | events.MouseScrollDown], x: int) -> None:
    """Turn the wheel by a notch, in a column of the screen."""
    graph = screen.app.screen.query_one(Graph)
    graph.post_message(kind(graph, x, 8, 0, 0, 0, False, False, False, screen_x=x, screen_y=8))
    await screen.pilot.pause()


def crash_event(time_ns: int) -> PluginCrashed:
    report = CrashReport(
        time_ns, "bme680", "plugins/bme680.py", "0123456789ab", "exception", "KeyError: 'gain' in line 9", "", "",
        "read", "", (), (), Counters(), "1.0",
    )  # fmt: skip
    return PluginCrashed(time_ns, "bme680", report, "")


def test_marks_on_the_time_axis_are_counted_and_the_cursor_names_them_and_the_values() -> None:
    past = session(a=hourly(2))
    past.marks = (
        HistoryMark(NOW - 12 * HOUR, "bme680", MarkKind.CRASH, "\x1b[31mTypeError"),
        HistoryMark(NOW - 18 * HOUR, "bme680", MarkKind.FINDING, "0x77 is silent"),
        HistoryMark(NOW - 6 * HOUR, "light", MarkKind.CRASH, "not shown"),
    )

    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.until(lambda: "x 1 crash  ! 1 finding" in screen.text)
        await screen.publish(crash_event(NOW - 60 * S))
        await screen.wait(1)
        assert "x 2 crashes  ! 1 finding" in screen.text, "what just happened is not stored yet"
        await screen.press("c")
        assert screen.line("KeyError", " 5 "), "the cursor begins at the newest value"
        for _ in range(60):
            if "TypeError" not in screen.text:
                await screen.press("left")
        assert r"x \x1b[31mTypeError" in screen.line("23:", " 5 ")
        await screen.press("right", "right")
        assert "TypeError" not in screen.text and screen.line("00:", " 5 ")
        assert any("^" in line for line in screen.lines)
        await screen.press("c")
        assert "x 2 crashes" in screen.text

    drive(scenario, past)


def test_a_cursor_that_leaves_the_window_takes_it_along() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5, "c", *["left"] * 80)
        assert " to " in screen.line("mean 5.0") and "last" not in screen.line("mean 5.0")
        await screen.press(*["plus"] * 5)
        assert any("^" in line for line in screen.lines), "a zoom keeps the cursor in sight"

    drive(scenario, session(a=hourly(30)))


def test_a_cursor_stops_at_now() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5, "c", *["left"] * 5, *["right"] * 60)
        at_the_end = screen.lines[2]
        await screen.press("left", "left")
        assert screen.lines[2] != at_the_end, "it was not further on than one could see"
        assert "last 24 h" in screen.text

    drive(scenario, session(a=hourly(30)))


def test_a_click_puts_the_cursor_there_and_a_second_one_takes_it_away() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.pilot.click(Graph, offset=(40, 8))
        assert "^" in screen.text and screen.line("mean 5.0")
        assert next(line for line in screen.lines if "^" in line).index("^") == 40
        await screen.pilot.click(Graph, offset=(40, 8))
        assert "^" not in screen.text

    drive(scenario, session(a=hourly(30)))


def test_the_curves_are_pulled_with_the_mouse_and_the_wheel_zooms_around_it() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.pilot.mouse_down(Graph, offset=(20, 8))
        await screen.pilot.hover(Graph, offset=(60, 8))
        await screen.pilot.mouse_up(Graph, offset=(60, 8))
        assert "Sat 30 Dec 2023 21:13 to Sun 31 Dec 2023 21:13" in screen.text, "40 columns back"
        assert "^" not in screen.text, "that was no click"
        await wheel(screen, events.MouseScrollUp, x=12)
        assert "Sat 30 Dec 2023 21:11 to Sun 31 Dec 2023 03:11" in screen.text, "the left edge stays, but for a column"
        for _ in range(3):
            await wheel(screen, events.MouseScrollDown, x=12)
        assert "last 30 days" in screen.text

    drive(scenario, session(a=hourly(30)))
