"""The first frame of an attached screen: it shows what the host said so far, or it says that this is still to come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.screen import Screen as AnyScreen

from hostcore.events import CaughtUp, Event, ReadingPublished, State, StateChanged
from tests.functional.test_screen_attached import ScriptedHost
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.transfers import transfer, wrote
from tui.app import HostApp

RUNS = StateChanged(NOW, "light", State.LOADING, State.RUNNING, "loaded")


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light", "i2c:1:0x23")])


def reading(at_s: int) -> ReadingPublished:
    return ReadingPublished(NOW + at_s * S, "light", {"lux": 500 + at_s})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every frame that a terminal would get, as text."""
    frames: list[str] = []

    def display(app: HostApp, screen: AnyScreen[Any], update: object) -> None:
        if update is not None and not app._batch_count:
            frames.append("\n".join(strip.text for strip in screen._compositor.render_strips()))

    monkeypatch.setattr("tui.terminal_app.TerminalApp._display", display)
    return frames


def test_no_frame_calls_a_reading_stale_or_a_plugin_dead_while_the_past_arrives(drawn: list[str]) -> None:
    scripted = session()
    past: list[Event] = [reading(-4000 + number) for number in range(3000)]

    def start() -> None:
        scripted.publish([*past, RUNS, reading(0)])

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: screen.app.view.readings.latest.get("light") == {"lux": 500})
        assert drawn == []
        scripted.publish([CaughtUp(NOW)])
        await screen.until(lambda: drawn)
        assert "500" in drawn[0] and "running" in drawn[0]
        assert not [each for each in drawn if "STALE" in each or "discovered" in each]

    drive(scenario, scripted, size=(120, 40), start=start, remote=ScriptedHost(), every_frame=True)


def test_a_past_that_takes_long_is_not_waited_for_and_the_screen_says_that_it_is_still_to_come(
    drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.first_frame.LONGEST_HOLD", 0.05)

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: drawn and "CATCHING UP: what happened so far is still arriving." in drawn[-1])
        await screen.publish(RUNS, reading(0), CaughtUp(NOW))
        await screen.until(lambda: "running" in drawn[-1])
        assert "CATCHING UP" not in drawn[-1]

    drive(scenario, session(), size=(120, 40), start=lambda: None, remote=ScriptedHost(), every_frame=True)


def test_help_over_the_first_frame_does_not_delay_the_start_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    mount, starts = HostApp.on_mount, list[str]()

    def on_mount(app: HostApp) -> None:
        mount(app)
        app.action_help()

    monkeypatch.setattr(HostApp, "on_mount", on_mount)

    async def scenario(screen: Screen) -> None:
        assert len(screen.app.screen_stack) == 2
        await screen.until(lambda: starts)

    drive(scenario, session(), start=lambda: starts.append("started"))


def test_a_transfer_before_which_others_were_not_kept_says_so_and_tells_no_gap() -> None:
    old, new = (
        replace(transfer(wrote(0x20), at_ms=at_ms, plugin="light"), sequence=number)
        for at_ms, number in ((0, 1), (246_000, 900))
    )

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(old, new)
        assert screen.line("lost ...", "light") and "+4 m" not in screen.text
        await screen.press("enter")
        assert "Transfers before this one were not kept, or were lost on the way here." in screen.text
        assert "after the transfer before" not in screen.text

    drive(scenario, session(), size=(120, 40))
