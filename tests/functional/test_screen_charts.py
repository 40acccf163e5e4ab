"""The page of small charts: all numbers at a glance, each with its limits."""

from __future__ import annotations

import re

import pytest

from hostcore.events import Alarm, AlarmsSet, ReadingPublished
from hostcore.events.history import HistoryMark, HistoryPoint, MarkKind
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.trouble import SIZES
from tui.readings.charts import Charts
from tui.terminal import Terminal

pytestmark = pytest.mark.usefixtures("greenwich")

AIR = {"temperature": 21.5, "humidity": 45.0, "pressure": 1013.2}


def session() -> ScriptedSession:
    past = tuple(HistoryPoint(NOW - minute * 60 * S, 5, 5, 5, 30) for minute in range(600, 0, -1))
    return ScriptedSession(
        known=[plugin_facts("bme680"), plugin_facts("light")],
        past={("bme680", "temperature"): past},
        resolution_ns=60 * S,
    )


async def page_of(screen: Screen, **reading: float) -> None:
    """Publish readings of bme680 and light, and open the page."""
    for second in (8, 6, 4, 2):
        await screen.publish(ReadingPublished(NOW - second * S, "bme680", reading or AIR))
    await screen.publish(ReadingPublished(NOW, "light", {"illuminance": 300.0, "text": "no number"}))
    await screen.press("v")


def gauges(screen: Screen) -> list[str]:
    """The gauges on the page, from left to right."""
    return re.findall(r"\d+ [━─┃●!]{5,} \d+", screen.text)


def dots(text: str) -> int:
    return sum(0x2800 < ord(each) < 0x2900 for each in text)


@pytest.mark.parametrize("size", SIZES)
def test_v_shows_each_number_with_its_value_unit_and_curve(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        assert "4 numbers, last 15 min" in screen.text
        assert "bme680.temperature" in screen.text and "21.5 °C" in screen.text
        assert dots(screen.text) > 5
        await screen.press("end")
        assert "light.illuminance" in screen.text and "300 lx" in screen.text
        await screen.press("escape")
        assert "1 Readings" in screen.text

    drive(scenario, session(), size)


def test_arrows_choose_a_number_and_enter_opens_its_graph() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        await screen.press("down", "enter")
        assert "Transfers of the last reading of bme680" in screen.text
        assert screen.line("bme680.pressure", "1013.2 hPa")
        await screen.press("escape")
        assert "4 numbers" in screen.text
        await screen.press("right", "enter")
        assert screen.line("light.illuminance", "300 lx", "one point")

    drive(scenario, session())


def test_a_double_click_opens_a_graph_and_the_wheel_scrolls() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen, **{f"value{number}": number for number in range(20)})
        assert "15 below" in screen.text
        await screen.press("pagedown")
        assert "9 below" in screen.text and "value0 " not in screen.text
        await screen.press("home")
        await screen.pilot.click(Charts, offset=(50, 3), times=2)
        assert screen.line("bme680.value1 ")

    drive(scenario, session())


def test_a_humidity_has_a_gauge_from_0_to_100_and_others_their_extremes() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        gauge = screen.line("●")
        assert " 0 ━" in gauge and "─ 100" in gauge
        share = gauge.count("━") / (gauge.count("━") + gauge.count("─"))
        assert share == pytest.approx(0.45, abs=0.05)
        assert "1013.2 to 1013.2" in screen.text
        await screen.press("right", "enter")
        assert "Always 0 to 100 %" in screen.text
        assert "●" in screen.line("bme680.humidity")

    drive(scenario, session(), (120, 40))


def test_a_value_beyond_its_limits_is_at_the_end_of_its_gauge() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen, humidity=104.0)
        assert "━! 100" in screen.text

    drive(scenario, session())


def test_zoom_asks_the_history_for_the_panels_in_sight_only() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen, **{f"value{number}": number for number in range(20)})
        await screen.press("minus", "minus")
        assert "last 6 h" in screen.text
        await screen.until(lambda: any(each.path == ("value5",) for each in screen.session.queries))
        asked = {each.path for each in screen.session.queries if each.until_ns - each.since_ns > 3 * 3600 * S}
        assert ("value0",) in asked and ("value12",) not in asked

    drive(scenario, session())


def test_marks_stand_on_the_axis_of_their_plugin_only() -> None:
    past = session()
    past.marks = (
        HistoryMark(NOW - 300 * S, "bme680", MarkKind.CRASH, "KeyError"),
        HistoryMark(NOW - 200 * S, "light", MarkKind.FINDING, "0x23 is silent"),
    )

    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        await screen.until(lambda: "x" in screen.text and "!" in screen.text)
        axes = [line for line in screen.lines if "└" in line]
        assert axes[0].count("x") == 2 and "!" not in axes[0]
        assert axes[1].count("x") == 1 and axes[1].count("!") == 1

    drive(scenario, past)


def test_a_simulated_value_says_so_in_its_title() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "bme680", AIR, (BusName("i2c-1"),)))
        await screen.press("v")
        assert "S 21.5 °C" in screen.text

    drive(scenario, session())


def test_b_changes_the_characters_and_f_the_shade_of_all_graphs() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        assert dots(screen.text)
        await screen.press("b")
        assert not dots(screen.text) and any(each in screen.text for each in "▀▄█")
        await screen.press("b", "enter")
        assert not dots(screen.text), "the choice holds for the graph of a number, too"
        curve = [line for line in screen.lines if "│" in line]
        assert not any(each in "".join(curve) for each in "▀▄█░")
        await screen.press("b")
        before = dots(screen.text)
        await screen.press("f")
        assert 0 < dots(screen.text) < before

    drive(scenario, session())


def test_the_page_moves_on_by_whole_columns_so_that_few_bytes_are_written() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        pages = set()
        for _ in range(20):
            await screen.wait(1)
            pages.add(screen.text)
        assert len(pages) <= 3, "a column is half a minute"

    drive(scenario, session())


def test_a_panel_is_drawn_again_when_its_driver_has_read_or_is_chosen() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        await screen.publish(ReadingPublished(NOW, "bme680", {**AIR, "pressure": 999.5}))
        assert "999.5 hPa" in screen.text and "999.5 to 1013.2" in screen.text
        before = screen.app.screen.query_one(Charts).cursor
        await screen.press("right")
        assert screen.app.screen.query_one(Charts).cursor == before + 1

    drive(scenario, session())


def test_a_page_without_numbers_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("v")
        assert "No driver has read a number yet." in screen.text
        await screen.press("down", "enter", "end", "plus")
        assert "No driver has read a number yet." in screen.text

    drive(scenario, session())


def test_the_linux_console_draws_the_page_without_braille() -> None:
    async def scenario(screen: Screen) -> None:
        await page_of(screen)
        assert not dots(screen.text) and "█" in screen.text

    drive(scenario, session(), terminal=Terminal(is_console=True))


WARM = Alarm(
    "warm", "bme680.temperature is above 26 °C", plugin="bme680", reading="temperature", above=26.0, below=18.0
)
DRY = Alarm("dry", "bme680.humidity is below 30%", plugin="bme680", reading="humidity", below=30.0)


def test_the_range_of_alarms_is_a_gauge_with_room_around_it_and_their_limits_are_said() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(AlarmsSet(NOW, (WARM, DRY)))
        await page_of(screen)
        warm, dry = gauges(screen)
        assert warm.startswith("16 ") and warm.endswith(" 28") and warm.count("┃") == 2
        assert dry.startswith("0 ") and dry.endswith(" 100") and dry.count("┃") == 1
        await screen.press("enter")
        assert "Alarm below 18 °C or above 26 °C" in screen.text

    drive(scenario, session(), (120, 40))


def test_the_limit_of_an_alarm_is_a_dashed_line_in_the_graph_if_it_is_in_sight() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(AlarmsSet(NOW, (DRY,)))
        await page_of(screen, humidity=50.0)
        await screen.press("enter")
        assert "╌" not in screen.text, "30 is out of sight"
        await screen.publish(ReadingPublished(NOW, "bme680", {"humidity": 20.0}))
        assert "30 ┤╌ ╌ ╌" in screen.text
        assert "!" in screen.line("bme680.humidity"), "the hand of the gauge says that it is too dry"

    drive(scenario, session(), (120, 40))
