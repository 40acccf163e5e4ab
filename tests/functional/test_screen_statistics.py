"""``R``: the counts and extremes of the screen start over, and it says since when."""

from __future__ import annotations

from hostcore.events import Counters, CountersTaken, ReadingPublished
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts


def counters(calls: int, errors: int) -> CountersTaken:
    return CountersTaken(NOW, "light", Counters(calls=calls, errors=errors, call_max_ns=900_000_000))


def test_counts_and_extremes_begin_anew_and_the_header_says_since_when() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(ReadingPublished(NOW, "light", {"lux": lux}) for lux in (5, 90, 40)), counters(7000, 33))
        assert "5 to 90" in screen.line("lux")
        assert "since" not in screen.lines[0]
        await screen.wait(60)
        await screen.press("R")
        assert "statistics since" in screen.lines[0]
        assert "40 to 40" in screen.line("lux")
        row = screen.line("discovered", "light")
        assert "33" not in row and "7000" not in row
        await screen.publish(counters(7004, 34))
        row = screen.line("discovered", "light")
        assert " 1 " in row and " ≤900 ms" in row, "no call took longer than the longest before"
        await screen.press("2", "enter")
        assert screen.line("Counters since") and screen.line("calls ", "4, 1 error")

    drive(scenario, ScriptedSession(known=[plugin_facts("light")]), (160, 50))
