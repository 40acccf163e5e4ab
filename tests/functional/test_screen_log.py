"""The log pane: it follows, pauses, filters, and shows a line in full."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.events import Level, LogWritten
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.feed_pane import Wanted


def line(number: int, text: str = "", plugin: str = "light", level: Level = Level.INFO) -> LogWritten:
    return LogWritten(NOW, plugin, level, text or f"line {number}.")


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680"), plugin_facts("light")])


def test_the_log_follows_until_a_person_moves_up_and_stays_put_then() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(*(line(number) for number in range(100)))
        assert "line 99." in screen.text
        await screen.press("pageup")
        seen = screen.lines[4:-2]
        await screen.publish(*(line(number) for number in range(100, 150)))
        assert screen.lines[4:-2] == seen
        assert "PAUSED" in screen.text and "lines below" in screen.text
        await screen.press("f")
        assert "line 149." in screen.text and "PAUSED" not in screen.text
        await screen.publish(line(150))
        assert "line 150." in screen.text
        await screen.press("home")
        assert "line 0." in screen.text

    drive(scenario, session())


def test_ten_thousand_lines_back_is_no_slower_than_one() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(*(line(number) for number in range(10_000)))
        began = time.process_time()
        await screen.press("home")
        assert "line 0." in screen.text
        await screen.press("end", *["pageup"] * 10)
        assert time.process_time() - began < 3
        await screen.publish(*(line(number) for number in range(10_000, 22_000)))
        assert "line 9" in screen.text or "line 1" in screen.text, (
            "what was in sight is gone, the oldest takes its place"
        )

    drive(scenario, session())


def test_an_empty_list_says_why_it_is_empty() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        assert screen.line("nothing yet")
        await screen.publish(line("found it"))
        assert "nothing yet" not in screen.text
        await screen.press("slash")
        await screen.type("xyz")
        assert screen.line("nothing passes the filters")

    drive(scenario)


def test_the_mark_of_the_host_stands_at_the_name_and_not_at_the_level() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(replace(line(1, "crashed", level=Level.ERROR), by_host=True))
        assert " ERROR *light " in screen.line("crashed")

    drive(scenario, session())


def test_lines_are_chosen_by_plugin_level_text_and_regular_expression() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(
            line(1, "first (of two)"),
            line(2, "second", level=Level.ERROR),
            line(3, "third", plugin="bme680", level=Level.WARNING),
        )
        await screen.press("p")
        assert "second" in screen.text and "third" not in screen.text
        await screen.press("p")
        assert "second" not in screen.text and "third" in screen.text
        await screen.press("p", "l", "l")
        assert "warning and above" in screen.text
        assert "first" not in screen.text and "second" in screen.text and "third" in screen.text
        await screen.press("l", "escape")
        assert all(word in screen.text for word in ("first", "second", "third")), "Esc ends all filters"
        await screen.press("slash")
        await screen.type("^light s|thi")
        assert "first" not in screen.text and "second" in screen.text and "third" in screen.text
        await screen.press("escape", "slash")
        await screen.type("(of")
        await screen.press("enter")
        assert "first" in screen.text and "second" not in screen.text
        assert "text (of" in screen.text, "no valid expression, so taken as it is"

    drive(scenario, session())


def test_keys_jump_between_errors() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        lines = [line(number, level=Level.ERROR if number in (5, 50) else Level.INFO) for number in range(100)]
        await screen.publish(*lines)
        await screen.press("X")
        assert "line 50." in screen.text and "PAUSED, 49 lines below" in screen.text
        await screen.press("X")
        assert "line 5." in screen.text and "PAUSED, 94 lines below" in screen.text
        await screen.press("x")
        assert "PAUSED, 49 lines below" in screen.text
        await screen.press("x")
        await screen.until(lambda: "No error further down" in screen.text)

    drive(scenario, session())


def test_what_a_plugin_prints_is_text_and_nothing_else() -> None:
    hostile = r"\x1b[2J [bold red]x[/] $(rm) 日本語 👩‍👩‍👧 end"

    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(line(0, hostile), line(1, "\x1b[31mraw\x07\r\n" + "x" * 2000))
        assert r"\x1b[2J [bold red]x[/] $(rm) 日本語" in screen.text
        assert r"\x1b[31mraw\x07\r\nxxx" in screen.text
        assert "\x1b" not in screen.text
        assert {each[-1] for each in screen.lines[4:-2]} == {"║"}
        await screen.press("enter")
        assert screen.text.count("x" * 70) > 10, "the whole line, wrapped"

    drive(scenario, session())


def test_the_hosts_lines_have_a_mark_that_no_plugin_can_write() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(line(1, "*light: forged"), LogWritten(NOW, "light", Level.INFO, "spoken", by_host=True))
        assert " light" in screen.line("forged") and "*light  " not in screen.line("forged")
        assert "*light  " in screen.line("spoken")
        await screen.press("enter")
        assert "the host about light" in screen.text

    drive(scenario, session())


@pytest.fixture
def usual_depth() -> Iterator[None]:
    """The depth to which Python calls functions by default. hypothesis raises it for a while."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(depth)


@pytest.mark.usefixtures("usual_depth")
@pytest.mark.parametrize("text", ["(", "a{99999999999999999999}", "(?a)(?u)", "(" * 3000 + ")" * 3000])
def test_what_is_no_regular_expression_is_looked_for_as_it_is(text: str) -> None:
    assert Wanted(text).is_plain
    assert Wanted(text).found_in(f"here: {text}")


def test_what_a_later_python_may_read_otherwise_writes_no_warning_onto_the_screen() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Wanted("[[a]").found_in("here: [")


def test_the_shown_lines_are_saved(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"

    async def scenario(screen: Screen) -> None:
        await screen.press("3")
        await screen.publish(line(1), line(2, plugin="bme680"))
        await screen.press("p", "w")
        assert "wasi-host-log-" in screen.text
        screen.app.screen.query_one("Prompt Input").value = str(file)  # type: ignore[attr-defined]
        await screen.press("enter")
        await screen.until(lambda: "1 line in" in screen.text)
        screen.app.panes.offered[2]._save(str(tmp_path / "nowhere" / "log.txt"))  # type: ignore[attr-defined]
        await screen.until(lambda: "No such file" in screen.text)
        screen.app.panes.offered[2]._save("~nobody-of-this-name/log.txt")  # type: ignore[attr-defined]
        await screen.until(lambda: "Could not determine home" in screen.text)

    drive(scenario, session())
    text = file.read_text()
    assert text.endswith("info    light: line 1.\n") and text.count("\n") == 1
