"""The screen as a whole: what is in sight at which size, and the keys that are the same everywhere."""

from __future__ import annotations

import dataclasses
import itertools
import time

import pytest
import textual.timer
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from hostcore.errors import HostError
from hostcore.events import ReadingPublished, State, StateChanged
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.palette import LONGEST_SEARCH
from tui.prompt import LONGEST_ANSWER

PANES = ("1 Readings", "2 Plugins", "3 Log", "4 Traffic", "5 Bus", "6 OLED")


def session(**facts: object) -> ScriptedSession:
    return ScriptedSession(
        facts=dataclasses.replace(host_facts(started_ns=NOW), **facts),  # type: ignore[arg-type]
        known=[plugin_facts(name) for name in ("aht20", "bme680", "light")],
    )


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
def test_a_large_screen_shows_all_panes_at_once(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        for pane in PANES:
            assert f" {pane} " in screen.text
        assert all(len(line) == size[0] for line in screen.lines)

    drive(scenario, session(), size)


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (119, 60), (200, 39)])
def test_a_smaller_one_shows_one_at_a_time_with_all_states_in_sight(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(StateChanged(NOW, "light", State.RUNNING, State.BACKOFF, "KeyError"))
        for number in range(1, 7):
            await screen.press(str(number))
            tabs = screen.line("1 Rea", "6 OLE")
            assert f"[{PANES[number - 1]}]" in tabs
            strip = screen.line(". aht20", ". bme680")
            assert strip.startswith(" ! light BACKOFF"), "trouble comes first, and has a word"
            assert screen.line("SIMULATED")
        assert screen.lines[-1].rstrip().endswith("? Help  q Quit")

    drive(scenario, session(), size)


def test_tab_goes_round() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("tab")
        assert "[2 Plugins]" in screen.text
        await screen.press("shift+tab", "shift+tab")
        assert "[8 Problems]" in screen.text
        await screen.press("tab")
        assert "[1 Readings]" in screen.text

    drive(scenario, session())


def test_one_key_gives_a_pane_the_whole_screen_and_back() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", "z")
        assert "[3 Log]" in screen.text
        assert "═ 1 Readings" not in screen.text and "─ 1 Readings" not in screen.text
        await screen.press("z")
        assert "─ 1 Readings" in screen.text
        await screen.press("z", "escape")
        assert "─ 1 Readings" in screen.text

    drive(scenario, session(), (120, 40))


def test_the_focus_shows_without_colour() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("2")
        assert "╔═ 2 Plugins" in screen.text
        assert "┌─ 1 Readings" in screen.text

    drive(scenario, session(), (120, 40))


def test_a_resize_at_any_time_keeps_the_pane_and_the_size() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        for size in ((120, 40), (60, 18), (20, 5), (1, 1), (200, 60), (80, 24)):
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
            assert len(screen.lines) == size[1]
        assert "[5 Bus]" in screen.text

    drive(scenario, session())


def test_a_resize_is_heeded_on_a_machine_so_busy_that_every_timer_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Screen) -> None:
        late = itertools.count(step=0.02)
        monkeypatch.setattr(textual.timer._time, "get_time", lambda: time.monotonic() + next(late))
        for size in ((120, 40), (60, 18)):
            await screen.pilot.resize_terminal(*size)
            await screen.until(lambda size=size: len(screen.lines) == size[1])

    drive(scenario, session())


def test_help_explains_every_pane() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("question_mark", "home")
        seen = screen.text
        for _ in range(12):
            await screen.press("pagedown")
            seen += screen.text
        assert {pane for pane in PANES if pane not in seen} == set()
        await screen.press("escape")
        assert "[1 Readings]" in screen.text

    drive(scenario, session())


def test_the_mouse_finds_tabs_keys_and_rows() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.pilot.click(offset=(screen.line("2 Plugins").index("2 Plugins"), 2))
        await screen.pilot.pause()
        assert "[2 Plugins]" in screen.text
        row = next(place for place, line in enumerate(screen.lines) if ". discovered" in line and "light" in line)
        await screen.pilot.click(offset=(10, row), times=2)
        await screen.pilot.pause()
        assert "Plugin light" in screen.text
        await screen.pilot.click(offset=(2, 23))
        await screen.until(lambda: "[2 Plugins]" in screen.text)

    drive(scenario, session())


def test_the_palette_finds_a_pane() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("ctrl+p")
        await screen.type("traffic")
        await screen.until(lambda: "Go to Traffic" in screen.text)
        await screen.press("enter")
        await screen.until(lambda: "[4 Traffic]" in screen.text)

    drive(scenario, session())


@pytest.mark.parametrize(("key", "most"), [("ctrl+p", LONGEST_SEARCH), ("slash", LONGEST_ANSWER)])
def test_a_field_takes_no_more_text_than_anyone_needs(key: str, most: int) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3", key)
        field = screen.app.screen.query_one(Input)
        for _ in range(2):
            field.post_message(events.Paste("a" * most))
        await screen.until(lambda: len(field.value) == most)
        await screen.type("aa")
        assert len(field.value) == most

    drive(scenario, session())


@pytest.mark.parametrize("late", [["enter"], ["enter"] * 4])
def test_keys_that_arrive_when_the_palette_has_closed_do_nothing(late: list[str]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("ctrl+p")
        await screen.type("zoom")
        await screen.until(lambda: ":zoom, or z" in screen.text)
        driver = screen.app._driver
        assert driver is not None
        for key in ("down", "enter", *late):  # all at once, as from a slow connection
            driver.process_message(events.Key(key, None))
        await screen.until(lambda: not CommandPalette.is_open(screen.app))
        assert screen.app.panes.zoomed

    drive(scenario, session())


@pytest.mark.parametrize("late", ["slash", "q"])
def test_keys_that_follow_the_one_that_leaves_do_nothing(late: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        driver = screen.app._driver
        assert driver is not None
        for key in ("q", *[late] * 4):  # all at once, as from a slow connection
            driver.process_message(events.Key(key, None))
        await screen.until(lambda: screen.app.return_code is not None)

    drive(scenario, session())


def test_no_key_breaks_a_palette_that_has_no_room() -> None:
    async def scenario(screen: Screen) -> None:
        for key in ("pageup", "pagedown", "home", "end", "down", "up"):
            await screen.press("ctrl+p", key)
            assert CommandPalette.is_open(screen.app), key
            await screen.press(key, "escape")
            assert not CommandPalette.is_open(screen.app), key

    drive(scenario, session(), (20, 4))


def test_a_theme_of_the_terminals_own_colours_keeps_everything_readable() -> None:
    async def scenario(screen: Screen) -> None:
        assert screen.app.look.muted.color is not None
        screen.app.theme = "ansi-light"
        await screen.pilot.pause()
        assert screen.app.look.muted.color is None, "bright black may be the terminal's ground"
        assert "[1 Readings]" in screen.text

    drive(scenario, session())


def test_who_has_no_settings_yet_is_told_how_to_begin() -> None:
    async def scenario(screen: Screen) -> None:
        assert "Press n for a first driver" in screen.text
        await screen.press("n")
        assert "An empty driver" in screen.text
        await screen.press("escape")
        assert "Press n" not in screen.text

    drive(scenario, session(is_shipped_config=True), (60, 18))


def test_who_has_settings_is_not() -> None:
    async def scenario(screen: Screen) -> None:
        assert "Press n" not in screen.text

    drive(scenario, session())


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_quitting_ends_with_status_0(key: str) -> None:
    ended: list[Screen] = []

    async def scenario(screen: Screen) -> None:
        await screen.press("3", key)
        ended.append(screen)

    drive(scenario, session())
    assert ended[0].app.return_code == 0


def test_the_host_starts_when_the_screen_listens() -> None:
    heard: list[str] = []

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: heard)
        await screen.until(lambda: "first reading" in screen.text)

    made = session()

    def start() -> None:
        heard.append("start")
        made.publish([ReadingPublished(NOW, "aht20", {"note": "first reading"})])

    drive(scenario, made, start=start)


def test_the_plugins_that_a_start_brings_are_known() -> None:
    made = ScriptedSession()

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: "newcomer" in screen.text)

    drive(scenario, made, start=lambda: made.known.append(plugin_facts("newcomer")))


def test_a_host_that_cannot_start_ends_the_screen_with_its_words() -> None:
    ended: list[Screen] = []

    async def scenario(screen: Screen) -> None:
        ended.append(screen)
        await screen.pilot.pause(0.05)

    def start() -> None:
        raise HostError("the folder of compiled components is unsafe")

    drive(scenario, session(), start=start)
    assert ended[0].app.return_code == 1


@pytest.mark.parametrize(("keys", "first"), [("3", "3 Log"), ("5", "5 Bus"), ("1v", "All charts")])
def test_the_help_begins_with_what_has_the_focus(keys: str, first: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press(*keys, "question_mark")
        assert screen.lines[1].strip("║ ") == first and "Everywhere" in screen.text

    drive(scenario, ScriptedSession(known=[plugin_facts("light")]))
