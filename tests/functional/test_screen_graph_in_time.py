"""The graph of a number goes back and forth in time, asks the history, and shows where nothing was measured."""

from __future__ import annotations

import pytest

from hostcore.events import ReadingPublished
from tests.graphs import DAY, HOUR, dots, graph_of, hourly, point, session
from tests.screen import NOW, S, Screen, drive

pytestmark = pytest.mark.usefixtures("greenwich")


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
