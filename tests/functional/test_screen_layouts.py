"""Layouts are saved, chosen and deleted by name, and the screen comes back as it was left."""

from __future__ import annotations

import json
from pathlib import Path

from hostcore.events import Level, LogWritten, ReadingPublished
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.layouts.layout import GraphLayout, Layout
from tui.layouts.memory import NAME, Memory
from tui.readings.reading_screen import ReadingScreen
from tui.terminal import Terminal

OVERVIEW = (120, 40)
WHY = "This screen is read-only: a test wants it."


def session(**facts: int) -> ScriptedSession:
    return ScriptedSession(facts=host_facts(**facts), known=[plugin_facts("light"), plugin_facts("air")])


def opened(folder: Path) -> Memory:
    memory = Memory(folder, "pi")
    memory.read()
    return memory


async def order(screen: Screen, *lines: str) -> None:
    for line in lines:
        await screen.press("colon")
        await screen.paste(line)
        await screen.press("enter")


def said(screen: Screen) -> list[str]:
    return [each.message for each in screen.app._notifications]


async def change_everything(screen: Screen) -> None:
    await screen.publish(
        ReadingPublished(NOW, "light", {"alpha": 5, "beta": 7}),
        LogWritten(NOW, "light", Level.INFO, "all is well"),
        LogWritten(NOW, "air", Level.ERROR, "it smells"),
    )
    await order(screen, "sort now", "filter a", "plugins", "sort state", "filter light", "traffic", "errors")
    await order(screen, "log", "level error", "only air", "filter smells", "zoom")


def looks_changed(screen: Screen) -> bool:
    panes = screen.app.panes
    chosen = {each.pane: each for each in panes.chosen_layout().panes}
    return (
        panes.zoomed
        and panes.current.title == "Log"
        and (chosen[1].column, chosen[1].is_descending, chosen[1].text) == ("now", True, "a")
        and (chosen[2].column, chosen[2].text) == ("state", "light")
        and (chosen[3].level, chosen[3].plugin, chosen[3].text) == (Level.ERROR, "air", "smells")
        and chosen[4].errors_only
    )


def test_a_layout_is_saved_and_chosen_by_name(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await change_everything(screen)
        await order(screen, "layout save night")
        assert said(screen) == ["The layout night is saved; :layout night brings it back"]
        screen.app.clear_notifications()  # it lies over the corner of a pane
        await order(screen, "level debug", "filter", "zoom", "readings", "sort none", "filter")
        assert not looks_changed(screen)
        await order(screen, "layout night")
        assert looks_changed(screen)
        assert screen.line("it smells") and "all is well" not in screen.text
        assert "air, error and above, find smells" in screen.text

    drive(scenario, session(), OVERVIEW, memory=opened(tmp_path))
    assert opened(tmp_path).names == ("night",)


def test_the_screen_comes_back_as_it_was_left(tmp_path: Path) -> None:
    drive(change_everything, session(), OVERVIEW, memory=opened(tmp_path))

    async def again(screen: Screen) -> None:
        assert looks_changed(screen)
        await screen.publish(
            LogWritten(NOW, "air", Level.ERROR, "it smells again"), LogWritten(NOW, "air", Level.INFO, "no")
        )
        assert screen.line("it smells again")
        assert [line for line in screen.lines if " info " in line] == []

    drive(again, session(), OVERVIEW, memory=opened(tmp_path))


def test_the_theme_comes_back_on_another_host_but_the_layout_does_not(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await order(screen, "theme wasi-light", "log")

    async def again(screen: Screen) -> None:
        assert screen.app.theme == "wasi-light"
        assert screen.app.panes.current.title == "Readings"

    drive(scenario, session(), memory=opened(tmp_path))
    other = Memory(tmp_path, "another pi")
    other.read()
    drive(again, session(), memory=other)


def test_the_console_keeps_its_own_colours_and_the_theme_of_other_terminals(tmp_path: Path) -> None:
    opened(tmp_path).leave("wasi-light", None)

    async def scenario(screen: Screen) -> None:
        assert screen.app.theme == "ansi-dark"

    drive(scenario, session(), terminal=Terminal(is_console=True), memory=opened(tmp_path))
    assert opened(tmp_path).theme == "wasi-light"


def test_a_layout_that_is_named_at_the_start_goes_before_how_the_screen_was_left(tmp_path: Path) -> None:
    opened(tmp_path).leave("", Layout(2))

    async def scenario(screen: Screen) -> None:
        assert "[4 Traffic]" in screen.text

    drive(scenario, session(), memory=opened(tmp_path), layout=Layout(4))


def test_panes_are_hidden_until_a_person_goes_there(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await order(screen, "hide log", "hide oled", "hide bus", "hide traffic")
        assert "3 Log" not in screen.text and "4 Traffic" not in screen.text
        assert screen.line("1 Readings").rstrip().endswith("╗"), "the left column has all the width"
        await screen.press("3")
        assert "3 Log" in screen.text
        await screen.press("1")
        assert "3 Log" not in screen.text
        await screen.press("tab", "tab")
        assert screen.app.panes.current.title == "Problems", "Tab leaves out what is hidden"
        await order(screen, "show traffic")
        await screen.press("1")
        assert "4 Traffic" in screen.text and "3 Log" not in screen.text

    drive(scenario, session(), OVERVIEW, memory=opened(tmp_path))
    assert (opened(tmp_path).left or Layout()).hidden == (3, 5, 6)


def test_if_a_whole_column_is_hidden_the_other_has_its_room() -> None:
    async def scenario(screen: Screen) -> None:
        await order(screen, "traffic", "hide readings", "hide plugins", "hide log")
        assert len(screen.line("4 Traffic").strip()) > 100

    drive(scenario, session(), OVERVIEW)


def test_problems_cannot_be_hidden_and_the_last_pane_stays() -> None:
    async def scenario(screen: Screen) -> None:
        await order(screen, *(f"hide {each}" for each in ("readings", "plugins", "log", "traffic", "bus")))
        await order(screen, "hide problems")
        assert "No action has 'problems' after 'hide'." in screen.text

    drive(scenario, session(), OVERVIEW)


def test_a_pane_that_is_gone_does_not_keep_the_screen_from_starting(tmp_path: Path) -> None:
    opened(tmp_path).leave("a theme of long ago", Layout(7, hidden=(7, 8, 99)))

    async def scenario(screen: Screen) -> None:
        assert "[1 Readings]" in screen.text and "8 Problems" in screen.text

    drive(scenario, session(), memory=opened(tmp_path))


def test_a_layout_is_deleted_by_name(tmp_path: Path) -> None:
    opened(tmp_path).save("night", Layout(3))

    async def scenario(screen: Screen) -> None:
        await order(screen, "layout delete night", "layout night")
        assert "No action has 'night' after 'layout'." in screen.text

    drive(scenario, session(), OVERVIEW, memory=opened(tmp_path))
    assert opened(tmp_path).names == ()


def test_a_layout_without_a_name_gets_a_sentence(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await order(screen, "layout save")
        await screen.until(lambda: said(screen))
        assert "allowed is one word" in said(screen)[0]

    drive(scenario, session(), memory=opened(tmp_path))


def test_a_read_only_screen_uses_layouts_and_writes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).save("night", Layout(3))
    before = (tmp_path / NAME).read_bytes()

    async def scenario(screen: Screen) -> None:
        await order(screen, "layout night")
        assert "[3 Log]" in screen.text
        await order(screen, "layout save day")
        assert WHY in screen.text

    drive(scenario, session(), memory=opened(tmp_path), read_only=WHY)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_damaged_file_is_said_and_the_screen_starts_as_new(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("{")

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: said(screen))
        assert "the file in which it remembers layouts is damaged" in said(screen)[0]
        assert "[1 Readings]" in screen.text

    drive(scenario, session(), memory=opened(tmp_path))


def test_a_layout_that_breaks_the_screen_is_forgotten(tmp_path: Path) -> None:
    opened(tmp_path).leave("", Layout(3))

    async def scenario(screen: Screen) -> None:
        screen.app.defect = RuntimeError("drawn badly")

    drive(scenario, session(), memory=opened(tmp_path))
    assert opened(tmp_path).left is None
    assert json.loads((tmp_path / NAME).read_text())["version"] == 1


VALUES = ReadingPublished(NOW, "light", {"alpha": 5, "beta": 7, "gamma": 9})
GRAPH = GraphLayout((("light", "beta"), ("light", "alpha"), ("light", "long gone")), 86_400)


def graph_of(screen: Screen) -> GraphLayout | None:
    top = screen.app.screen
    return top.graph_layout if isinstance(top, ReadingScreen) else None


def test_a_layout_saved_over_a_graph_brings_its_numbers_and_its_span_back(tmp_path: Path) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(VALUES)
        await order(screen, "graph light.beta")
        await screen.press("minus", "minus", "a", "enter", "escape")
        shown = graph_of(screen)
        assert shown is not None and shown.paths == (("light", "beta"), ("light", "alpha"))
        await order(screen, "layout save night")
        await screen.press("escape")
        await order(screen, "layout night")
        assert graph_of(screen) == shown

    drive(scenario, session(), memory=opened(tmp_path))


def test_the_graph_of_a_layout_to_begin_with_comes_with_its_first_value() -> None:
    async def scenario(screen: Screen) -> None:
        assert graph_of(screen) is None
        await screen.publish(VALUES)
        await screen.until(lambda: graph_of(screen) == GraphLayout((("light", "beta"), ("light", "alpha")), 86_400))
        await screen.press("escape")
        await screen.publish(VALUES)
        assert graph_of(screen) is None, "it comes once"

    drive(scenario, session(), layout=Layout(graph=GRAPH))


def test_a_person_who_has_opened_something_goes_before_the_graph_of_a_layout() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("question_mark")
        await screen.publish(VALUES)
        await screen.press("escape")
        await screen.publish(VALUES)
        assert graph_of(screen) is None

    drive(scenario, session(), layout=Layout(graph=GRAPH))


def test_a_graph_without_values_is_said(tmp_path: Path) -> None:
    opened(tmp_path).save("night", Layout(graph=GraphLayout((), 3)))

    async def scenario(screen: Screen) -> None:
        await order(screen, "layout night")
        await screen.until(lambda: said(screen) == ["The number of its graph has no value yet"])

    drive(scenario, session(), memory=opened(tmp_path))
