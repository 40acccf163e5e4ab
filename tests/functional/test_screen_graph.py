"""The graph of a number: from a minute to a year, with what the history keeps."""

from __future__ import annotations

import itertools

import pytest

from hostcore.events import ReadingPublished
from hostcore.events.history import HistoryPoint, HistoryReport
from hostcore.place import BusName
from tests.graphs import HOUR, dots, graph_of, hourly, session
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.raster import Strokes
from tui.terminal import Terminal

pytestmark = pytest.mark.usefixtures("greenwich")


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


def test_a_driver_without_transfers_leaves_the_room_to_its_graph() -> None:
    async def scenario(screen: Screen) -> None:
        await graph_of(screen, a=5)
        assert screen.lines[-3].startswith("║none"), "one line, its frame and the keys"

    drive(scenario, session())


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
