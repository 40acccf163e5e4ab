"""``/`` in lists on screens of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.devices.environment import Signal
from hostcore.events import Presence, Probed, ReadingPublished, ScanCompleted
from hostcore.events.facts import ChipFacts, QuantityFacts, ScanMode
from hostcore.events.history import HistoryMark, HistoryReport, MarkKind
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

BUS = BusName("i2c-1")
WARMTH = QuantityFacts("temperature", "°C", -273.15, 1000.0, Signal(21.4))
LIGHT = QuantityFacts("illuminance", "lux", 0.0, 1e6, Signal(260.0))
MARKS = (
    HistoryMark(NOW - 2, "air", MarkKind.CRASH, "KeyError: 'gain'"),
    HistoryMark(NOW - 1, "light", MarkKind.RELOAD, "version 2"),
)


def session() -> ScriptedSession:
    facts = replace(host_facts(started_ns=NOW), quantities=(WARMTH, LIGHT), chips=(ChipFacts("bme680", BUS, 0x77),))
    report = replace(HistoryReport.without(""), marks=MARKS)
    return ScriptedSession(facts=facts, known=[plugin_facts("air"), plugin_facts("light", "i2c:1:0x23")], stored=report)


async def run(screen: Screen) -> None:
    present = (0x23, 0x76)
    probed = [Probed(each, Presence.PRESENT if each in present else Presence.ABSENT, "") for each in range(0x08, 0x78)]
    await screen.publish(
        ReadingPublished(NOW, "light", {"red": 5, "green": 6}), ScanCompleted(NOW, BUS, ScanMode.AUTO, tuple(probed), 1)
    )


@pytest.mark.parametrize(
    ("keys", "text", "there", "gone"),
    [
        (["S"], "lux", "illuminance", "temperature "),
        (["S"], "bme", "i2c-1 0x77", "illuminance"),
        (["n"], "bmp280", "BMP280?", "BH1750?"),
        (["3", "t"], "keyerror", "KeyError", "version 2"),
        (["1", "down", "enter", "a"], "gre", "light.green", "light.red"),
    ],
)
def test_slash_leaves_the_rows_with_a_text_and_esc_first_shows_all_again(
    keys: list[str], text: str, there: str, gone: str
) -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press(*keys)
        await screen.until(lambda: there in screen.text and gone in screen.text)
        await screen.press("slash")
        await screen.type(text)
        assert there in screen.text and gone not in screen.text
        await screen.press("enter")
        assert f"find {text}" in screen.text
        depth = len(screen.app.screen_stack)
        await screen.press("escape")
        assert gone in screen.text and len(screen.app.screen_stack) == depth
        await screen.press("escape")
        assert len(screen.app.screen_stack) == depth - 1

    drive(scenario, session(), (100, 40))


def test_a_key_acts_on_the_row_that_is_shown_under_the_cursor() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("S", "slash")
        await screen.type("lux")
        await screen.press("enter", "plus")
        assert [name for name, _ in made.holds] == ["illuminance"]

    drive(scenario, made)


def test_nothing_that_passes_is_said() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("S", "slash")
        await screen.type("moon")
        assert "nothing passes the filters" in screen.text

    drive(scenario, session())
