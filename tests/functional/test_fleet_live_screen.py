"""A node's own screen over the broker: its transfers come for a while, when a person wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hostcore.errors import HostError
from hostcore.events import CaughtUp
from tests.functional.test_screen_attached import ScriptedHost
from tests.screen import NOW, Screen
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.settling import exact_waits
from tests.shared_styles import shared_styles
from tui.fleet.live_app import LiveApp
from tui.terminal import Terminal


class ScriptedTraffic:
    """Records for how many seconds transfers were asked for."""

    def __init__(self, problem: str = "") -> None:
        self.asked: list[int] = []
        self._problem = problem

    def show_traffic(self, seconds: int) -> None:
        if self._problem:
            raise HostError(self._problem)
        self.asked.append(seconds)


class NodesOwnScreen(Screen):
    """A running screen of a node."""

    app: LiveApp

    def __init__(self, traffic: ScriptedTraffic) -> None:
        self.session = ScriptedSession(known=[plugin_facts("light")])
        self.now_ns, self._folded = NOW, 0
        self.app = LiveApp(
            self.session, ScriptedHost(computer="attic"), lambda: self.session.publish([CaughtUp(NOW)]),
            live=traffic, terminal=Terminal(), now_ns=lambda: self.now_ns, pace=0.0,
        )  # fmt: skip


def drive_live(scenario: Callable[[NodesOwnScreen], Awaitable[None]], traffic: ScriptedTraffic) -> None:
    async def run() -> None:
        screen = NodesOwnScreen(traffic)
        async with screen.app.run_test(size=(80, 24), notifications=True) as screen.pilot:
            with exact_waits(screen.app):
                await screen.until(lambda: "on attic" in screen.text)
                await scenario(screen)

    with shared_styles():
        asyncio.run(run())


def test_transfers_come_for_ten_minutes_and_the_first_line_says_for_how_long() -> None:
    traffic = ScriptedTraffic()

    async def scenario(screen: NodesOwnScreen) -> None:
        await screen.press("4")
        assert "Ctrl+T lets them come" in screen.words
        await screen.press("ctrl+t")
        await screen.until(lambda: "TRAFFIC 10:00" in screen.lines[0])
        await screen.wait(75)
        assert "TRAFFIC 8:45" in screen.lines[0]
        await screen.press("ctrl+t")
        await screen.until(lambda: "TRAFFIC" not in screen.lines[0])
        assert traffic.asked == [600, 0]
        await screen.press("ctrl+t")
        await screen.until(lambda: "TRAFFIC 10:00" in screen.lines[0])
        await screen.wait(600)
        assert "TRAFFIC" not in screen.lines[0], "the node has ended it by itself"

    drive_live(scenario, traffic)


def test_a_driver_is_not_opened_in_an_editor_because_no_node_would_take_the_change() -> None:
    async def scenario(screen: NodesOwnScreen) -> None:
        await screen.press("2", "e")
        await screen.until(lambda: "A driver cannot be changed over the broker" in screen.words)

    drive_live(scenario, ScriptedTraffic())


def test_a_node_that_does_not_send_them_says_why() -> None:
    async def scenario(screen: NodesOwnScreen) -> None:
        await screen.press("ctrl+t")
        await screen.until(lambda: "the broker is away" in screen.words)
        assert "TRAFFIC" not in screen.lines[0]

    drive_live(scenario, ScriptedTraffic("the broker is away"))
