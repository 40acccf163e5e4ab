"""The readings pane."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hostcore.events import AdjustedValue, ReadingFailed, ReadingPublished
from hostcore.events.history import HistoryPoint
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts

CLIMATE = {"temperature": 21.5, "humidity": 40, "air_quality": {"index": 99.5, "method": "a short one"}}


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680"), plugin_facts("light", interval=60.0)])


def reading(screen: Screen, plugin: str = "bme680", **changes: Any) -> ReadingPublished:
    return ReadingPublished(screen.now_ns, plugin, {**CLIMATE, **changes})


def test_each_number_has_a_unit_an_age_a_trend_and_its_extremes() -> None:
    async def scenario(screen: Screen) -> None:
        for second, value in enumerate((21.5, 19.25, 22.0)):
            await screen.publish(ReadingPublished(NOW + second * S, "bme680", {**CLIMATE, "temperature": value}))
        await screen.wait(2)
        row = screen.line("temperature").strip("║•").split()
        assert row == ["temperature", "22.00", "°C", "now", "▇▁█", "19.25", "to", "22.00"]
        await screen.wait(5)
        assert screen.line("temperature").split()[-5:-4] == ["5s"]

    drive(scenario, session())


def test_what_changed_is_marked_for_a_moment() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen))
        await screen.wait(2)
        await screen.publish(reading(screen, temperature=22.0))
        assert screen.line("temperature").startswith("║•")
        assert not screen.line("humidity").startswith("║•")
        await screen.wait(1)
        assert not screen.line("temperature").startswith("║•")

    drive(scenario, session())


def test_a_reading_that_stays_away_is_called_stale_by_its_own_drivers_interval() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen), reading(screen, "light"))
        await screen.wait(7)
        assert "STALE" in screen.line("- bme680")
        assert "STALE" not in screen.line("- light")
        await screen.publish(reading(screen))
        assert "STALE" not in screen.line("- bme680")

    drive(scenario, session())


def test_an_error_stands_beside_the_driver_and_the_values_stay() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen), ReadingFailed(screen.now_ns, "bme680", "nobody answered at 0x77"))
        assert "ERROR nobody answered at 0x77" in screen.line("- bme680")
        assert "21.5" in screen.line("temperature")

    drive(scenario, session())


def test_a_filter_shows_matching_keys_below_their_headings() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen), reading(screen, "light"))
        await screen.press("slash")
        await screen.type("index")
        assert "Show keys with: index" in screen.text
        assert sum("99.5" in line for line in screen.lines) == 2
        assert "temperature" not in screen.text and screen.text.count("- air_quality") == 2
        await screen.press("enter")
        assert "filter: index" in screen.text
        await screen.press("escape")
        assert screen.text.count("temperature") == 2, "Esc ends the filter"
        await screen.press("slash")
        await screen.type("xyz")
        await screen.press("escape")
        assert screen.text.count("temperature") == 2, "Esc while typing takes it back"

    drive(scenario, session())


def test_headings_fold_and_the_cursor_stays_on_its_row_when_others_come() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen, "light"))
        await screen.press("down", "down", "down", "enter")
        assert "index" not in screen.text and "+ air_quality" in screen.text
        await screen.publish(reading(screen, "bme680"))
        await screen.press("enter")
        assert sum("99.5" in line for line in screen.lines) == 2, (
            "bme680 came above, Enter still meant the heading of light"
        )

    drive(scenario, session())


def test_copying_a_value_and_everything() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen))
        await screen.press("down", "c")
        assert screen.app.clipboard == "21.5"
        await screen.press("down", "down", "c")
        assert screen.app.clipboard == '{"index": 99.5, "method": "a short one"}'
        await screen.press("C")
        assert '"humidity": 40' in screen.app.clipboard

    drive(scenario, session())


def test_what_is_copied_is_harmless_where_it_is_pasted_and_says_the_same() -> None:
    hostile: dict[str, object] = {"\x9bkey\u202e": ["\x1b[31m\n rm -r ~\n", "\x7f\u2028°C 日本語"]}

    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(screen.now_ns, "bme680", hostile))
        await screen.press("C")
        assert json.loads(screen.app.clipboard) == {"bme680": hostile}
        assert all(each.isprintable() for each in screen.app.clipboard.splitlines())
        assert "°C 日本語" in screen.app.clipboard
        await screen.press("c")
        assert json.loads(screen.app.clipboard) == hostile
        assert screen.app.clipboard.isprintable()

    drive(scenario, session())


def test_nothing_that_a_reading_holds_breaks_the_layout() -> None:
    hostile = {
        "\x1b[2J\x1b[Hkey": "\x1b]0;title\x07[bold red]x[/]",
        "wide 日本語" * 10: "👩‍👩‍👧" * 20 + "\u202e",
        "marks": "e" + "\u0301" * 500,
        "huge": 10**400,
        "tiny": 5e-324,
        "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}},
        "many": list(range(1000)),
    }

    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "bme680", hostile))
        assert r"\x1b[2J\x1b[Hkey" in screen.text and r"\x1b]0;title\x07[bold red]x[/]" in screen.text
        assert "more values not shown" in screen.text
        rights = [line.rstrip()[-1] for line in screen.lines[4:-2]]
        assert set(rights) == {"║"}, "the frame's right side is whole"

    drive(scenario, session())


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (120, 40)])
def test_values_of_a_simulated_bus_are_marked(size: tuple[int, int]) -> None:
    simulated = (BusName("i2c-1"),)

    async def scenario(screen: Screen) -> None:
        await screen.publish(
            ReadingPublished(NOW, "bme680", CLIMATE, simulated), ReadingFailed(NOW, "light", "gone", simulated)
        )
        await screen.wait(1)
        for key in ("temperature", "air_quality", "method"):
            assert screen.line(f" {key} ").strip("║ ").split()[0] == "S", key
        assert "SIMULATED" in screen.line("- bme680")
        assert "SIMULATED ERROR gone" in screen.line("- light")
        assert "S: simulated" in screen.text
        await screen.wait(20)
        assert "SIM. STALE" in screen.line("- bme680")

    drive(scenario, session(), size)


def test_values_of_real_buses_have_no_mark() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen))
        await screen.wait(1)
        assert screen.line("temperature").strip("║ ").split()[0] == "temperature"
        assert "S: simulated" not in screen.text

    drive(scenario, session())


def past_of(value: float, **marks: bool) -> tuple[HistoryPoint, ...]:
    """Readings of ten minutes before now."""
    return tuple(HistoryPoint(NOW - second * S, value, value, value, 1, **marks) for second in range(600, 0, -2))


def test_a_trend_has_a_past_when_the_host_has_a_history() -> None:
    with_past = session()
    with_past.past = {("bme680", "temperature"): past_of(10.0)}
    with_past.reading.clear()

    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen))
        await screen.wait(2)
        assert screen.line("temperature").strip("║").split()[-4:] == ["▄", "21.5", "to", "21.5"], (
            "it does not wait for its past"
        )
        with_past.reading.set()
        await screen.until(lambda: "10.0 to 21.5" in screen.text)
        assert "▁▁▁▁▁▁" in screen.line("temperature")
        assert screen.line("humidity", "40 to 40")
        asked = [each for each in with_past.queries if each.path == ("temperature",)]
        await screen.publish(reading(screen, temperature=22.0))
        await screen.wait(2)
        assert "▁▁▁▁▁▁" in screen.line("temperature", "10.0 to 22.0")
        assert [each.until_ns for each in asked] == [NOW], "it is asked once, for what lies before the first reading"

    drive(scenario, with_past, (120, 30))


@pytest.mark.parametrize("mark", ["is_simulated", "is_faulty"])
def test_the_trend_of_a_real_bus_has_no_simulated_past_and_none_of_faults(mark: str) -> None:
    with_past = session()
    with_past.past = {("bme680", "humidity"): past_of(10.0, **{mark: True})}

    async def scenario(screen: Screen) -> None:
        await screen.publish(reading(screen))
        await screen.until(lambda: any(each.path == ("air_quality", "index") for each in with_past.queries))
        await screen.wait(2)
        assert screen.line("humidity", "40 to 40")

    drive(scenario, with_past, (120, 30))


def test_an_adjusted_value_has_a_mark_and_enter_shows_what_the_driver_measured() -> None:
    async def scenario(screen: Screen) -> None:
        adjusted = (AdjustedValue(("temperature",), 21.4),)
        await screen.publish(ReadingPublished(NOW, "bme680", {"temperature": 20.0, "humidity": 40}, adjusted=adjusted))
        assert "temperature A" in screen.line("temperature")
        assert "A: adjusted" in screen.text
        assert " A" not in screen.line("humidity")
        await screen.press("down", "enter")
        assert "adjusted, raw 21.4" in screen.text

    drive(scenario, ScriptedSession(known=[plugin_facts("bme680")]), (118, 40))
