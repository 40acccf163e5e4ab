"""The page of one plugin tells since when it is doing as it does."""

from __future__ import annotations

from hostcore.events import Counters, CountersTaken, ReadingFailed
from tests.screen import NOW, Screen, drive
from tests.trouble import run_air, session
from tui.text import time_of_day


def test_the_page_of_a_plugin_says_since_its_first_error_in_a_row_that_it_fails() -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        first_ns = NOW + 3600 * 10**9
        counters = Counters(calls=70, errors=68, errors_in_a_row=68, erring_since_ns=first_ns)
        await screen.publish(ReadingFailed(NOW, "air", "checksum of 0x00"), CountersTaken(NOW, "air", counters))
        await screen.press("2", "enter")
        assert f"! FAILING since {time_of_day(first_ns)[:8]}" in screen.text

    drive(scenario, session(), (60, 18))
