"""The first frame of a screen comes before its host, and keys that are pressed meanwhile are not lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.pilot import Pilot

from hostcore.errors import ConfigError, HostError
from tests.screen import PATIENCE
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.shared_styles import shared_styles
from tui.layouts.layout import Layout
from tui.layouts.memory import Memory
from tui.opening.app import Opened, OpeningApp
from tui.opening.parts import PANES, Expected
from tui.panes import Panes
from tui.terminal import Terminal

TABS, OVERVIEW = (80, 24), (120, 40)


@dataclass
class Making:
    """A host that is made when a test says so."""

    error: Exception | None = None
    layout: Layout | None = None
    may_end: threading.Event = field(default_factory=threading.Event)
    started: list[str] = field(default_factory=list)

    def __call__(self) -> Opened:
        assert self.may_end.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        session = ScriptedSession(known=[plugin_facts("light")])
        return Opened(session, lambda: self.started.append("host"), Memory(), self.layout)


@dataclass
class Opening:
    """A screen while its host is being made."""

    app: OpeningApp
    making: Making
    pilot: Pilot[Any]

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)

    async def has_host(self) -> None:
        """Let the host be made, and wait until the screen shows it and has taken in all keys."""
        self.making.may_end.set()
        await self.until(lambda: self.making.started and not self.app._kept.are_kept)
        await self.pilot.pause()


def opening(
    scenario: Callable[[Opening], Awaitable[None]],
    making: Making | None = None,
    *,
    size: tuple[int, int] = TABS,
    are_real: tuple[bool, ...] | None = (False, False),
) -> OpeningApp:
    """Run a screen through `scenario`, which begins with its first frame. Returns the screen after its end."""
    made = making or Making()
    app = OpeningApp(made, Expected("pi", are_real), terminal=Terminal(), pace=0.0)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scenario(Opening(app, made, pilot))
            made.may_end.set()

    with shared_styles():
        asyncio.run(run())
    app.wait_until_made()
    return app


@pytest.mark.parametrize("size", [TABS, OVERVIEW])
def test_the_first_frame_is_that_of_the_screen_and_says_that_it_starts(size: tuple[int, int]) -> None:
    async def scenario(screen: Opening) -> None:
        assert not screen.app.has_session
        assert screen.lines[0].split() == ["SIMULATED", "pi", "own", "host", "starting", "..."]
        assert "═ 1 Readings ═" in screen.text
        assert "starting ..." in "".join(screen.lines[1:])
        assert "q Quit" in screen.lines[-1]
        await screen.has_host()
        assert screen.lines[0].split()[0] == "SIMULATED"
        assert "starting ..." not in screen.text
        assert "═ 1 Readings ═" in screen.text

    opening(scenario, size=size)


@pytest.mark.parametrize(
    ("are_real", "words"),
    [((True,), "REAL HARDWARE"), ((True, False), "PARTLY SIMULATED"), ((), "NO BUSES"), (None, "pi own host")],
)
def test_it_says_no_more_of_the_buses_than_is_known(are_real: tuple[bool, ...] | None, words: str) -> None:
    async def scenario(screen: Opening) -> None:
        assert " ".join(screen.lines[0].split()).startswith(words)

    opening(scenario, are_real=are_real)


def test_the_tabs_of_the_first_frame_are_those_of_the_panes() -> None:
    async def scenario(screen: Opening) -> None:
        await screen.has_host()
        panes: Panes = screen.app.panes
        offered = [*panes._always, panes.outputs, panes._problems]
        assert {pane.number: pane.title for pane in offered} == PANES

    opening(scenario)


def test_keys_that_come_too_early_take_effect_in_their_order() -> None:
    async def scenario(screen: Opening) -> None:
        await screen.pilot.press("2", "slash", "l", "i")
        assert "1 Readings" in screen.text
        await screen.has_host()
        assert "[2 Plugins]" in screen.text
        assert screen.app.focused is not None
        assert getattr(screen.app.focused, "value", "") == "li"

    opening(scenario)


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_a_person_can_leave_before_there_is_a_host(key: str) -> None:
    making = Making()

    async def scenario(screen: Opening) -> None:
        await screen.pilot.press(key)
        await screen.until(lambda: screen.app._exit)

    app = opening(scenario, making)
    assert app.return_code == 0
    assert not making.started


def test_a_q_that_is_typed_into_a_field_does_not_leave() -> None:
    async def scenario(screen: Opening) -> None:
        await screen.pilot.press("slash", "q")
        await screen.has_host()
        assert getattr(screen.app.focused, "value", "") == "q"

    opening(scenario)


def test_a_host_that_cannot_be_made_ends_the_screen_with_the_reason() -> None:
    error = ConfigError("found 3, allowed is 4", file="host.toml")

    async def scenario(screen: Opening) -> None:
        screen.making.may_end.set()
        await screen.until(lambda: screen.app._exit)

    app = opening(scenario, Making(error))
    assert app.refusal is error
    assert app.defect is None


def test_a_defect_while_a_host_is_made_is_told_as_one() -> None:
    error = ZeroDivisionError("of the maker")

    async def scenario(screen: Opening) -> None:
        screen.making.may_end.set()
        await screen.until(lambda: screen.app.defect)

    try:
        app = opening(scenario, making := Making(error))
    except ZeroDivisionError:
        assert making.error is error
    else:
        assert app.defect is error


def test_the_screen_begins_with_its_layout() -> None:
    async def scenario(screen: Opening) -> None:
        await screen.has_host()
        assert "[3 Log]" in screen.text

    opening(scenario, Making(layout=Layout(current=3)))


def test_every_host_error_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(screen: Opening) -> None:
        await screen.until(lambda: screen.app._exit)

    def refuse(_thread: object) -> None:
        raise HostError("no thread")

    monkeypatch.setattr("hostcore.threads.HostThread.start", refuse)
    assert str(opening(scenario).refusal) == "no thread"
