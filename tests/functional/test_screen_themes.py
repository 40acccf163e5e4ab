"""Themes colour everything, and a terminal with 16 colours keeps its own."""

from __future__ import annotations

import pytest
from textual.color import Color

from hostcore.events import ReadingPublished
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.terminal import Terminal
from tui.themes import OWN, THEMES


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light")])


def colours_on(screen: Screen) -> set[str]:
    """All colours of the letters on the screen, as they go to the terminal."""
    compositor = screen.app.screen._compositor
    filters = screen.app._filters
    return {
        Color.from_rich_color(segment.style.color).hex.lower()
        for strip in compositor.render_strips()
        for segment in strip.apply_filter(filters[0], Color.parse("black"))
        if segment.text.strip() and segment.style and segment.style.color
    }


def test_a_theme_colours_everything_with_its_own_colours() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"alpha": 5}))
        for colours in THEMES:
            await screen.press("colon")
            await screen.type(f"theme {colours.name}")
            await screen.press("enter")
            await screen.until(lambda colours=colours: screen.app.theme == colours.name)
            await screen.pilot.pause()
            own = {*colours.sixteen.split(), colours.ink, colours.frame, colours.ground}
            assert colours_on(screen) <= own, colours.name
            assert colours.sixteen.split()[6] in colours_on(screen), f"the accent of {colours.name}"

    drive(scenario, session())


def test_the_themes_to_choose_from_are_ours_and_the_terminals_own() -> None:
    async def scenario(screen: Screen) -> None:
        assert set(screen.app.available_themes) == {*OWN, *(each.name for each in THEMES)}

    drive(scenario, session())


@pytest.mark.parametrize("terminal", [Terminal(is_console=True), Terminal(no_color=True)])
def test_a_terminal_of_16_colours_or_none_offers_only_its_own(terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        assert set(screen.app.available_themes) == set(OWN)
        await screen.press("colon")
        await screen.type("theme nord")
        await screen.press("enter")
        assert "No action has 'nord' after 'theme'." in screen.text

    drive(scenario, session(), terminal=terminal)


@pytest.mark.parametrize(("is_light", "theme"), [(False, "wasi-dark"), (True, "wasi-light")])
def test_the_ground_of_the_terminal_chooses_the_first_theme(is_light: bool, theme: str) -> None:
    async def scenario(screen: Screen) -> None:
        assert screen.app.theme == theme

    drive(scenario, session(), terminal=Terminal(is_light=is_light))
