"""Drives the screen of a fleet in tests: real messages are folded by the real model, without a broker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from textual.pilot import Pilot

from hostcore.broker.bodies import PluginHealth
from hostcore.broker.groups import CommandGroup
from hostcore.errors import HostError
from hostcore.fleet.asking import Answer
from hostcore.fleet.folding import Fleet
from hostcore.fleet.model import FleetView, NodeDetail
from tests.fleet_messages import NOW, arrived, health, info, reading, rfc
from tests.screen import Screen
from tests.settling import exact_waits
from tests.shared_styles import shared_styles
from tui.fleet.addresses import Addresses
from tui.fleet.app import FleetApp
from tui.fleet.state import FleetState
from tui.terminal import Terminal

BROKER = "mqtt://pi5/wasi-host"
ALL = tuple(CommandGroup)


class ScriptedFleet:
    """A `tui.fleet.source.FleetSource` whose messages come from a test.

    Attributes:
        now: the time, Unix seconds.
        answers: what nodes answer to each command, or a function that returns it; a text is why they do not.
        asked: the node, the command and the arguments of each question.
    """

    def __init__(self, *, is_connected: bool = True) -> None:
        self.fleet = Fleet()
        self.now = NOW
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self.opened: list[str] = []
        self.has_given_up = threading.Event()
        if is_connected:
            self.fleet.connected(self.now)

    def say(self, topic: str, body: object, *, kept: bool = False) -> None:
        """Let a message come."""
        self.fleet.fold(arrived(topic, body, kept=kept), self.now)

    def node(self, name: str, *, facts: Mapping[str, Any] | None = None, **changes: Any) -> None:
        """Let a node come online, with changes to what it says of itself and of its health."""
        self.say(f"{name}/status", b"online")
        self.say(f"{name}/info", info(**{"commands": ALL, **(facts or {})}))
        self.say(f"{name}/health", health(self.now, **changes))

    def plugin(self, node: str, name: str, condition: str = "running", **changes: Any) -> None:
        """Let a plugin of an opened node say how it is."""
        state = condition if condition in {"backoff", "quarantined", "stopped"} else "running"
        self.say(f"{node}/{name}/state", PluginHealth(time=rfc(self.now), state=state, condition=condition, **changes))

    def read(self, node: str, plugin: str, number: int, **values: Any) -> None:
        """Let a plugin of an opened node read."""
        self.say(f"{node}/{plugin}", reading(number, at=self.now, **values))

    def view(self) -> FleetView:
        return self.fleet.view(self.now)

    def detail(self, node: str) -> NodeDetail | None:
        return self.fleet.detail(node, self.now)

    def open(self, node: str) -> None:
        self.opened.append(node)
        self.fleet.open(node)

    def close(self, node: str) -> None:
        self.opened.remove(node)
        self.fleet.close(node)

    def ask(self, node: str, command: str, arguments: Mapping[str, Any] | None = None) -> Answer:
        self.asked.append((node, command, dict(arguments or {})))
        answer = self.answers.get(command, {})
        if callable(answer):
            answer = answer()
        if isinstance(answer, str):
            raise HostError(answer)
        return Answer(answer)

    def give_up(self) -> None:
        self.has_given_up.set()


class FleetScreen(Screen):
    """A running screen of a fleet."""

    app: FleetApp  # type: ignore[assignment]

    def __init__(self, source: ScriptedFleet, terminal: Terminal | None, **options: Any) -> None:
        self.source = source
        self.app = FleetApp(
            source, BROKER, terminal=terminal or Terminal(), now_ns=lambda: round(self.source.now * 1e9), **options
        )
        self.pilot: Pilot[Any]

    async def look(self, seconds: float = 0.0) -> None:
        """Let time pass, and let the screen look at its source."""
        self.source.now += seconds
        self.app._look()
        await self.pilot.pause()

    @property
    def table(self) -> list[str]:
        """The names of the nodes, from the top down."""
        rows = [line.strip("║") for line in self.lines if line.startswith("║")][1:]
        return [words[0] for row in rows if not row.startswith(">") and (words := row.removeprefix("S").split())]


def drive_fleet(
    scenario: Callable[[FleetScreen], Awaitable[None]],
    source: ScriptedFleet | None = None,
    size: tuple[int, int] = (80, 24),
    terminal: Terminal | None = None,
    *,
    state: FleetState | None = None,
    addresses: Addresses | None = None,
) -> FleetApp:
    """Run a screen of this size through `scenario`, and return its app when it has ended."""

    async def run() -> FleetApp:
        screen = FleetScreen(source or ScriptedFleet(), terminal, state=state, addresses=addresses)
        async with screen.app.run_test(size=size, notifications=True) as screen.pilot:
            with exact_waits(screen.app):
                await screen.look()
                await scenario(screen)
        return screen.app

    with shared_styles():
        return asyncio.run(run())
