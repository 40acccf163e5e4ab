"""``o`` and ``O``: panes whose rows are sorted by a column."""

from __future__ import annotations

import re

import pytest

from hostcore.events import Counters, CountersTaken, ReadingPublished, State, StateChanged
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.terminal import Terminal

NAMES = ("light", "air", "soil")


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts(name) for name in NAMES])


def counters(plugin: str, errors: int) -> CountersTaken:
    return CountersTaken(NOW, plugin, Counters(calls=100, errors=errors))


def order(screen: Screen, *words: str) -> list[str]:
    """These words in the order of the rows that have them."""
    return [word for line in screen.lines[5:] for word in re.findall(r"\w+", line) if word in words]


def test_plugins_are_sorted_by_each_column_in_turn_and_the_title_shows_which() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(counters("light", 1), counters("air", 3), counters("soil", 2))
        await screen.press("2")
        assert order(screen, *NAMES) == ["light", "air", "soil"], "the order of host.toml"
        await screen.press("o")
        assert order(screen, *NAMES) == ["air", "light", "soil"]
        assert screen.line("plugin↑") and "by plugin" in screen.text
        await screen.press("o", "o", "o")
        assert order(screen, *NAMES) == ["air", "soil", "light"] and screen.line("↓error")
        await screen.press("O")
        assert order(screen, *NAMES) == ["light", "soil", "air"] and screen.line("↑error")

    drive(scenario, session())


@pytest.mark.parametrize("has_focus", [False, True])
def test_by_themselves_the_plugins_in_the_worst_condition_come_first(has_focus: bool) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("2" if has_focus else "1")
        crashed = StateChanged(NOW, "soil", State.RUNNING, State.QUARANTINED, "KeyError")
        await screen.publish(crashed)
        await screen.press("2")
        assert order(screen, *NAMES) == ["soil", "light", "air"]
        await screen.press("enter")
        assert f"Plugin {'light' if has_focus else 'soil'}" in screen.text, "no key acts on a row that came just now"

    drive(scenario, session())


def test_the_cursor_stays_on_its_plugin_while_the_order_changes() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(counters("light", 1), counters("air", 3), counters("soil", 2))
        await screen.press("2", "down", "down", *["o"] * 4)
        await screen.publish(counters("soil", 9))
        assert order(screen, *NAMES) == ["soil", "air", "light"]
        await screen.press("enter")
        assert "Plugin soil" in screen.text

    drive(scenario, session())


@pytest.mark.parametrize("terminal", [Terminal(), Terminal(is_console=True)])
def test_readings_are_sorted_below_their_driver_while_they_change(terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"red": 5, "green": 7, "blue": 6}))
        assert order(screen, "red", "green", "blue") == ["red", "green", "blue"]
        await screen.press("1", "o", "o")
        assert order(screen, "red", "green", "blue") == ["green", "blue", "red"] and screen.line("↓now")
        await screen.publish(ReadingPublished(NOW, "light", {"red": 8, "green": 7, "blue": 6}))
        assert order(screen, "red", "green", "blue") == ["red", "green", "blue"]

    drive(scenario, session(), terminal=terminal)


def test_the_order_stays_while_another_pane_is_looked_at() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"red": 5, "green": 7}))
        await screen.press("1", "o", "o", "3", "1")
        assert order(screen, "red", "green") == ["green", "red"]

    drive(scenario, session())
