"""``:`` and the palette: everything can be done by name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from textual.widgets import Input

from hostcore.events import ReadingPublished
from hostcore.session import Order
from tests.orders import order, run, said, session
from tests.screen import NOW, Screen, drive
from tui.actions.command_line import CommandLine

WHY = "This screen is read-only: a test wants it."


def test_a_typed_line_gives_an_order_to_a_plugin_from_any_pane() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("5")
        await order(screen, "restart light")
        await screen.until(lambda: made.orders == [("light", Order.RESTART)])
        assert "[5 Bus]" in screen.text

    drive(scenario, made)


def test_tab_completes_and_the_choices_name_the_keys() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.type("rest")
        assert screen.line("restart light", "Restart light", " r ")
        await screen.press("tab", "enter")
        await screen.until(lambda: made.orders == [("light", Order.RESTART)])

    drive(scenario, made)


def test_tab_goes_through_the_choices_when_they_have_nothing_more_in_common() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.type("plugin ")
        line = screen.app.screen.query_one(Input)
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab"):
            await screen.press(key)
            seen.append(line.value)
        assert seen == ["plugin light", "plugin air", "plugin light", "plugin air"]

    drive(scenario, session())


def test_a_wrong_line_gets_a_sentence_and_stays_to_be_corrected() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "restrat light")
        assert "No action begins with 'restrat'. Likely meant: restart, start, reset." in screen.text
        assert screen.app.screen.query_one(Input).value == "restrat light"
        await screen.press("backspace")
        assert "Likely meant" not in screen.text
        await screen.press("escape")
        assert not isinstance(screen.app.screen, CommandLine)

    drive(scenario, session())


def test_what_is_not_possible_now_says_why() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "release light")
        assert "light is running: release works only if it is quarantined." in screen.text

    drive(scenario, session())


def test_up_and_down_bring_earlier_lines_back() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "log")
        await order(screen, "plugins")
        await screen.press("colon", "up", "up")
        line = screen.app.screen.query_one(Input)
        assert line.value == "log"
        await screen.press("down")
        assert line.value == "plugins"
        await screen.press("down")
        assert line.value == ""
        await screen.press("up", "enter")
        assert "[2 Plugins]" in screen.text

    drive(scenario, session())


NAMED = {
    "log": "[3 Log]",
    "graph light.red": "Transfers of the last reading of light",
    "plugin air": "Plugin air",
    "help": "Everywhere",
    "sort now": "↓now",
    "filter gre": "filter: gre",
    "bus i2c-3": "i2c-3, simulated",
    "faults": "Faults",
}
"""Lines, and what each brings into sight."""


def test_a_line_leads_to_what_it_names() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        for line, shown in NAMED.items():
            await screen.press("1")
            assert shown not in screen.text, line
            await order(screen, line)
            if line.startswith("bus"):
                await screen.press("5")
            await screen.until(lambda shown=shown: shown in screen.text)
            while len(screen.app.screen_stack) > 1:
                await screen.press("escape")

    drive(scenario, session())


def test_a_scan_by_name_asks_first_on_a_real_bus() -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "scan i2c-3")
        assert "Scan i2c-3 of this machine?" in screen.text
        await screen.press("y")
        assert [bus for bus, _ in made.scans] == [3]

    drive(scenario, made)


def test_an_action_on_the_panes_closes_the_sheets_over_them() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("2", "enter")
        assert "Plugin light" in screen.text
        await order(screen, "log")
        assert "[3 Log]" in screen.text and len(screen.app.screen_stack) == 1

    drive(scenario, session())


def test_a_line_filters_the_log_by_plugin_level_and_text() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "log")
        await order(screen, "level error")
        assert "all is well" not in screen.text and "it smells" in screen.text
        await screen.press("escape")
        await order(screen, "only light")
        assert "all is well" in screen.text and "it smells" not in screen.text
        await order(screen, "filter smells")
        assert "nothing passes the filters" in screen.text
        await order(screen, "filter")
        assert "it smells" in screen.text and "all is well" in screen.text

    drive(scenario, session())


def test_a_refusal_of_the_host_is_told() -> None:
    made = session()
    made.refusal = "the host is busy"

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "restart light")
        await screen.until(lambda: said(screen) == ["the host is busy"])

    drive(scenario, made)


@pytest.mark.parametrize("line", ["restart light", "edit light", "scan i2c-1"])
def test_a_read_only_screen_offers_nothing_that_changes_things_and_says_why(line: str) -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.type(line)
        assert len([row for row in screen.lines if line in row]) == 1, "only the line itself"
        await screen.press("enter")
        assert WHY in screen.text and not made.orders and not made.scans

    drive(scenario, made, read_only=WHY)


def test_the_mouse_takes_a_choice() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.type("plugi")
        for words in ("plugin ...", "plugin air"):
            row = next(place for place, line in enumerate(screen.lines) if line.lstrip().startswith(words))
            await screen.pilot.click(offset=(4, row))
            await screen.pilot.pause()
        await screen.until(lambda: "Plugin air" in screen.text)

    drive(scenario, session())


def test_keys_that_arrive_when_the_line_has_closed_do_nothing() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.type("restart light")
        await screen.press("enter", "enter", "enter")
        await screen.until(lambda: made.orders)
        assert made.orders == [("light", Order.RESTART)]

    drive(scenario, made)


def test_an_attached_screen_stops_its_host_by_name_after_a_question() -> None:
    stopped = []
    remote = SimpleNamespace(process=4711, computer="", stop_host=lambda: stopped.append(True))

    async def scenario(screen: Screen) -> None:
        await order(screen, "halt")
        assert "Stop the host (PID 4711)?" in screen.text
        await screen.press("y")
        assert stopped == [True]

    drive(scenario, session(), remote=remote)


def test_names_from_plugins_are_harmless_on_the_line() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"[red]\x1b[2J": 5}))
        await screen.press("colon")
        await screen.type("graph")
        assert "\x1b" not in screen.text and r"[red]\x1b[2J" in screen.text

    drive(scenario, session())


def test_the_panes_stay_in_sight_above_the_line() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        assert screen.lines[-1].startswith(" :") and screen.line("║- light")

    drive(scenario, session())


@pytest.mark.parametrize("size", [(20, 4), (60, 18)])
def test_the_line_works_on_a_small_terminal(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "log")
        assert screen.app.panes.current.title == "Log"

    drive(scenario, session(), size)


def test_the_recording_of_a_plugin_is_saved_by_its_key_and_by_name() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await order(screen, "recording light")
        await screen.until(lambda: made.recorded == ["light"])
        assert said(screen)[-1].endswith("wasi-host replay /state/light.recording")
        await screen.press("2", "w")
        await screen.until(lambda: len(made.recorded) == 2)

    drive(scenario, made)
