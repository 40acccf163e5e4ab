"""The own screen of a node, over the broker."""

from __future__ import annotations

from functools import partial

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.broker.live.client import LONGEST_TRAFFIC
from hostcore.errors import NodeError, ReadOnlyError
from hostcore.fleet.model import NodeStatus, Standing
from hostcore.session import Order
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.fleet.live_app import LiveApp, as_allowed


class Way:
    """The way to a node, which only notes for how long it was asked for transfers."""

    process, computer = 4711, "kitchen"

    def __init__(self, problem: str = "") -> None:
        self.asked: list[int] = []
        self._problem = problem

    def show_traffic(self, seconds: int) -> None:
        self.asked.append(seconds)
        if self._problem:
            raise NodeError(self._problem)

    def stop_host(self) -> None:
        raise AssertionError


def live(way: Way) -> partial[LiveApp]:
    return partial(LiveApp, live=way)


def node(*groups: CommandGroup) -> NodeStatus:
    return NodeStatus("kitchen", Standing.OK, "", commands=frozenset(groups))


def test_transfers_come_when_a_person_asks_for_them() -> None:
    way = Way()

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.until(lambda: "Ctrl+T lets them come" in screen.words)
        await screen.press("ctrl+t")
        await screen.until(lambda: "TRAFFIC 10:00" in screen.words or "TRAFFIC 9:" in screen.words)
        assert way.asked == [LONGEST_TRAFFIC]
        await screen.press("ctrl+t")
        await screen.until(lambda: "TRAFFIC" not in screen.words)
        assert way.asked == [LONGEST_TRAFFIC, 0]

    drive(scenario, size=(120, 40), remote=way, attached=live(way))


def test_a_node_that_refuses_says_why() -> None:
    way = Way("kitchen: too many live screens")

    async def scenario(screen: Screen) -> None:
        await screen.press("ctrl+t")
        await screen.until(lambda: "kitchen: too many live screens" in screen.words)
        assert "TRAFFIC" not in screen.words

    drive(scenario, size=(120, 40), remote=way, attached=live(way))


@pytest.mark.parametrize("groups", [(), (CommandGroup.READ,)])
def test_a_node_that_lets_nobody_change_anything_has_a_screen_that_only_looks(groups: tuple[CommandGroup, ...]) -> None:
    session = as_allowed(ScriptedSession(known=[plugin_facts("light")]), node(*groups))
    with pytest.raises(ReadOnlyError, match=r"kitchen allows no more over MQTT.*\[mqtt\]"):
        session.order("light", Order.RESTART)


def test_a_node_that_allows_more_decides_itself() -> None:
    session = ScriptedSession()
    assert as_allowed(session, node(CommandGroup.READ, CommandGroup.ORDERS)) is session
