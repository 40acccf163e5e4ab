"""The graph of a number: from a minute to a year, with what the history keeps."""

from __future__ import annotations

import itertools

import pytest
from textual import events

from hostcore.events import Counters, CrashReport, PluginCrashed, ReadingPublished
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryReport, MarkKind
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.raster import Strokes
from tui.readings.graph import Graph
from tui.terminal import Terminal

pytestmark = pytest.mark.usefixtures("greenwich")

HOUR, DAY = 3600 * S, 86_400 * S


def point(time_ns: int, value: float, *, count: int = 1, is_after_gap: bool = False) -> HistoryPoint:
    return HistoryPoint(time_ns, value, value, value, count, is_after_gap)


def hourly(days: int, value: float = 5.0, until_ns: int = NOW - HOUR) -> tuple[HistoryPoint, ...]:
    return tuple(point(until_ns - hour * HOUR, value, count=1800) for hour in range(days * 24, 0, -1))


def session(**past: tuple[HistoryPoint, ...]) -> ScriptedSession:
    """A session with a history of the driver bme680."""
    return ScriptedSession(
        known=[plugin_facts("bme680"), plugin_facts("light")],
        past={("bme680", key): points for key, points in past.items()},
        resolution_ns=HOUR,
    )


async def graph_of(screen: Screen, **values: float) -> None:
    """Publish a reading of bme680, and open the graph of its first number."""
    await screen.publish(ReadingPublished(screen.now_ns, "bme680", values))
    await screen.press("down", "enter")


async def wheel(screen: Screen, kind: type[events.MouseScrollUp | events.MouseScrollDown], x: int) -> None:
    """Turn the wheel by a notch, in a column of the screen."""
    graph = screen.app.screen.query_one(Graph)
    graph.post_message(kind(graph, x, 8, 0, 0, 0, False, False, False, screen_x=x, screen_y=8))
    await screen.pilot.pause()


def dots(line: str) -> int:
    return sum(0x2800 < ord(each) < 0x2900 for each in line)


@pytest.mark.parametrize(
    "values",
    [(1e300, 1e300), (10**40, 10**40), (1.7e308, -1.7e308), (5e-324, 0), (10**400, 1), (1704110400000000001,) * 2],
)
def test_a_graph_of_any_numbers_is_drawn(values: tuple[float, ...]) -> None:
    async def scenario(screen: Screen) -> None:
        for second, value in enumerate(values):
            await screen.publish(ReadingPublished(NOW + second * S, "bme680", {"odd": value}))
        await screen.press("down", "enter")
        await screen.wait(2)
        assert screen.line("bme680.odd")
        assert "┤" in screen.text

    drive(scenario, session())


@pytest.mark.parametrize("years", [-50, 50])
def test_a_graph_goes_on_when_the_clock_is_set(years: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stroke, left = Strokes.stroke, itertools.count(10_000, -1)

    def counted(strokes: Strokes, x: int, y: int, to_y: int) -> None:
        assert next(left), "it draws a line through all those years"
        stroke(strokes, x, y, to_y)

    monkeypatch.setattr(Strokes, "stroke", counted)

    async def scenario(screen: Screen) -> None:
        await screen.publish(*(ReadingPublished(NOW + second * S, "bme680", {"odd": second}) for second in range(3)))
        await screen.press("down", "enter")
        await screen.wait(years * 365 * 86_400)
        for seconds in (2, 1):
            await screen.publish(ReadingPublished(screen.now_ns - seconds * S, "bme680", {"odd": 47}))
        assert screen.line("bme680.odd", "47")

    drive(scenario, session())


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
def test_a_graph_of_a_number_goes_on_while_one_looks(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(ReadingPublished(NOW - (60 - n) * S, "bme680", {"a": n}) for n in range(60)))
        await screen.press("down", "enter")
        assert screen.line("bme680.a", "59")
        assert "last 60 s: least 0, mean 29.5, most 59" in screen.text
        assert dots(screen.text) > size[0] // 2, "a rising line goes through most columns"
        await screen.publish(ReadingPublished(NOW, "bme680", {"a": 1000}))
        assert "most 1000" in screen.text
        await screen.press("minus")
        assert "last 5 min" in screen.text
        await screen.press("escape")
        assert "1 Readings" in screen.text

    drive(scenario, session(), size)


def test_minus_zooms_out_to_a_year_and_plus_in_to_a_minute() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=7)
        for words in ("last 5 min", "last 15 min", "last 60 min", "last 6 h", "last 24 h", "last 7 days"):
            await screen.press("minus")
            assert words in screen.text
        await screen.press("minus", "minus")
        await screen.until(lambda: "last 365 days: least 5, mean 5.0, most 7" in screen.text)
        assert "one point is 1 h" in screen.text
        assert screen.session.queries[-1].since_ns < NOW - 365 * DAY
        await screen.press("minus")
        assert "last 365 days" in screen.text, "there is no more"
        assert screen.line("└2023", "└Apr", "└Jul", "└Oct")
        await screen.press(*["plus"] * 20)
        assert "last 60 s" in screen.text

    drive(scenario, session(a=hourly(365)))


def test_the_graph_opens_before_the_history_has_answered_and_no_key_waits_for_it() -> None:
    slow = session(a=hourly(30))
    slow.reading.clear()

    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=7)
        await screen.press(*["minus"] * 5)
        assert screen.line("last 24 h", "1 value") and screen.line("bme680.a", "asking the history")
        slow.reading.set()
        await screen.until(lambda: "least 5" in screen.text)
        assert "asking" not in screen.text

    drive(scenario, slow)


def test_only_the_newest_question_of_many_is_asked() -> None:
    slow = session(a=hourly(365))

    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=7)
        await screen.until(lambda: slow.queries)
        slow.reading.clear()
        await screen.press(*["minus"] * 8)
        slow.reading.set()
        await screen.until(lambda: "last 365 days: least 5" in screen.text)
        spans = {each.until_ns - each.since_ns for each in slow.queries if each.path}
        assert len(spans) < 6, "the questions in between have been left out"

    drive(scenario, slow)


def test_arrows_go_back_in_time_and_zero_comes_back_to_now() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=7)
        await screen.press(*["minus"] * 5, *["left"] * 4)
        await screen.until(lambda: "least 5, mean 5.0, most 5" in screen.text)
        assert "Sat 30 Dec 2023 12:00 to Sun 31 Dec 2023 12:00" in screen.text
        await screen.press("right")
        assert "Sat 30 Dec 2023 18:00 to Sun 31 Dec 2023 18:00" in screen.text
        await screen.press("0")
        assert "last 24 h" in screen.text
        await screen.press("left", *["right"] * 5)
        assert "last 24 h" in screen.text, "it goes on with now where the past ends"

    drive(scenario, session(a=hourly(30)))


def test_a_gap_is_a_gap() -> None:
    day = tuple(
        point(NOW - DAY + hour * HOUR, 5.0, is_after_gap=hour == 18) for hour in range(24) if not 6 <= hour < 18
    )

    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.until(lambda: "13 values" in screen.text)
        curve = next(line for line in screen.lines if dots(line))[12:]
        assert dots(curve[: len(curve) // 4 - 4]) and dots(curve[-len(curve) // 4 + 4 :])
        assert not dots(curve[len(curve) // 4 : 3 * len(curve) // 4 - 2]), curve

    drive(scenario, session(a=day))


def test_live_readings_that_stayed_away_are_a_gap_too() -> None:
    async def scenario(screen: Screen) -> None:
        seconds = [*range(60, 40, -2), *range(20, 0, -2)]
        await screen.publish(*(ReadingPublished(NOW - each * S, "bme680", {"a": 5}) for each in seconds))
        await screen.press("down", "enter")
        curve = next(line for line in screen.lines if dots(line))[12:]
        assert not dots(curve[len(curve) // 2 - 5 : len(curve) // 2 + 5])

    drive(scenario, session())


def test_what_the_screen_missed_is_filled_in_from_the_history() -> None:
    """The laptop slept for half an hour. The host did not."""
    asleep = tuple(point(NOW - second * S, 5.0) for second in range(3600, 0, -2))

    async def scenario(screen: Screen) -> None:
        screen.now_ns = NOW - 1800 * S
        await screen.publish(*(ReadingPublished(NOW - each * S, "bme680", {"a": 5}) for each in range(2000, 1800, -2)))
        await screen.press("down", "enter", "minus", "minus")
        assert "last 60 min" in screen.text
        screen.now_ns = NOW + 60 * S
        await screen.publish(*(ReadingPublished(NOW + each * S, "bme680", {"a": 5}) for each in range(0, 60, 2)))
        await screen.wait(1)
        await screen.until(lambda: "asking" not in screen.text and "1 80" in screen.text)
        curve = next(line for line in screen.lines if dots(line))[12:]
        assert dots(curve) >= len(curve) - 4, "there is no gap"

    both = session(a=asleep)
    both.resolution_ns = 0
    drive(scenario, both)


def test_numbers_of_two_units_have_two_axes_and_letters_name_the_curves() -> None:
    async def scenario(screen: Screen) -> None:
        for second in range(60):
            reading = {"temperature": 20 + second / 10, "humidity": 70 - second / 10, "pressure": 1000.0}
            await screen.publish(ReadingPublished(NOW - (60 - second) * S, "bme680", reading))
        await screen.press("down", "enter", "a", "down", "enter", "escape")
        assert screen.line("last 60 s", "left: A °C, right: B %")
        assert screen.line("now", "least", "mean", "most", "values")
        assert screen.line("A bme680.temperature").split()[2:] == ["25.9", "°C", "20.0", "22.95", "25.9", "60"]
        assert screen.line("B bme680.humidity").split()[2:] == ["64.1", "%", "64.1", "67.05", "70.0", "60"]
        assert screen.line("25 °C ┤") and screen.line("├ 70 %"), "round values, each axis with its unit"
        picture = "\n".join(line for line in screen.lines if "│" in line or "┤" in line)
        assert "A" in picture and "B" in picture
        await screen.press("a", "down", "down", "enter", "escape")
        assert screen.line("each unit has its own scale")
        assert "┤" not in screen.text and screen.line("C bme680.pressure")

    drive(scenario, session())


def test_a_graph_has_room_for_four_numbers_and_keeps_one() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=1, b=2, c=3, d=4, e=5)
        await screen.press("a", "down", "enter", "down", "enter", "down", "enter", "down", "enter")
        await screen.until(lambda: "A graph has room for 4 numbers" in screen.text)
        await screen.press("up", "enter", "down", "enter", "escape")
        assert screen.line("D bme680.e") and "bme680.d" not in screen.text
        await screen.press("a", "home", "enter", "down", "enter", "down", "enter", "end", "enter")
        await screen.until(lambda: "A graph shows one number at least" in screen.text)
        await screen.press("escape")
        assert screen.line("bme680.e")

    drive(scenario, session())


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
        assert screen.line("00:0", " 5 "), "the cursor begins in the middle"
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
        await screen.press(*["minus"] * 5, "c", *["left"] * 50)
        assert " to " in screen.line("mean 5.0") and "last" not in screen.line("mean 5.0")
        await screen.press(*["plus"] * 5)
        assert any("^" in line for line in screen.lines), "a zoom keeps the cursor in sight"

    drive(scenario, session(a=hourly(30)))


def test_a_cursor_stops_at_now() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5, "c", *["right"] * 60)
        at_the_end = screen.lines[2]
        await screen.press("left", "left")
        assert screen.lines[2] != at_the_end, "it was not further on than one could see"
        assert "last 24 h" in screen.text

    drive(scenario, session(a=hourly(30)))


def test_why_there_is_no_history_is_said() -> None:
    without = ScriptedSession(
        known=[plugin_facts("bme680")],
        stored=HistoryReport.without("the file is \x1b[2Jdamaged"),
    )

    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.until(lambda: r"no older values: the file is \x1b[2Jdamaged" in screen.text)

    drive(scenario, without)


def test_stored_values_of_a_simulated_bus_or_of_faults_are_called_that() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.until(lambda: "simulated" in screen.line("bme680.a"))
        await screen.publish(ReadingPublished(NOW, "bme680", {"a": 5}, (), (BusName("i2c-1"),)))
        assert "faults" in screen.line("bme680.a")

    simulated = HistoryPoint(NOW - 6 * HOUR, 5, 5, 5, 1, is_simulated=True)
    drive(scenario, session(a=(simulated,)))


@pytest.mark.parametrize("presses", [3, 5, 8])
def test_the_picture_moves_by_whole_columns_so_that_few_bytes_are_written(presses: int) -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * presses)
        await screen.until(lambda: "asking" not in screen.text)
        pictures = set()
        for _ in range(10):
            await screen.wait(1)
            pictures.add(tuple(screen.lines[4:15]))
        assert len(pictures) <= 2

    drive(scenario, session(a=hourly(365)))


def test_the_linux_console_draws_a_graph_without_braille() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        await screen.press(*["minus"] * 5)
        await screen.until(lambda: "1800" in screen.text or "values" in screen.text)
        assert not dots(screen.text) and any(each in screen.text for each in "▀▄█")

    drive(scenario, session(a=hourly(30)), terminal=Terminal(is_console=True))


def test_z_gives_the_graph_the_whole_screen() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        assert "Transfers of the last reading" in screen.text
        await screen.press("z")
        assert "Transfers of the last reading" not in screen.text
        assert "└" in screen.lines[21]
        await screen.press("z")
        assert "Transfers of the last reading" in screen.text

    drive(scenario, session(a=hourly(1)))


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
