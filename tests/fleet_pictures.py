"""Draws the pictures of docs/fleet.md from a simulated fleet, without a broker: ``python -m tests.fleet_pictures``."""

from __future__ import annotations

import asyncio

from hostcore.broker.message import Arrived
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.plan import Plan
from tests.fleet_screen import FleetScreen, ScriptedFleet
from tests.screen_pictures import PICTURES
from tui.terminal import Terminal

PLAN = Plan(nodes=60, plugins=6, percent=40.0)
SECONDS = 240
"""How long the fleet has run when it is drawn."""
SIZE = (120, 32)


class DrawnFleet(ScriptedFleet):
    """A fleet whose messages are those of simulated nodes. Their time is that of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self._simulated = SimulatedFleet(PLAN, round(self.now * 1e9))
        self._start, self._slot = self.now, 0
        self._kept: dict[str, bytes] = {}
        """What a broker would have kept, by its topic."""

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self._simulated.slot_at(self.now - self._start + seconds)
        for slot in range(self._slot, end):
            self.now = self._start + self._simulated.due(slot)
            for _, message in self._simulated.messages(slot):
                self.fleet.fold(Arrived(message.topic, message.payload), self.now)
                if message.retain:
                    self._kept[message.topic] = message.payload
        self._slot = end

    def open(self, node: str) -> None:
        """Follow a node. What is kept of it comes first."""
        super().open(node)
        for topic, payload in self._kept.items():
            if topic.startswith(f"{PLAN.prefix}/{node}/"):
                self.fleet.fold(Arrived(topic, payload, retained=True), self.now)


def crashed(source: DrawnFleet) -> int:
    """The row of the first node with a plugin that has crashed until it was quarantined."""
    return next(row for row, each in enumerate(source.view().nodes) if "quarantined" in each.reason)


async def draw(source: DrawnFleet) -> None:
    """Run the screen without a terminal, and save pictures of it."""
    screen = FleetScreen(source, Terminal())
    async with screen.app.run_test(size=SIZE) as screen.pilot:
        for _ in range(4):
            source.run(2.0)
            await screen.look()
        await screen.press(*["down"] * crashed(source))
        screen.app.save_screenshot("fleet.svg", str(PICTURES))
        await screen.press("enter")
        for _ in range(7):
            source.run(2.0)
            await screen.look()
        screen.app.save_screenshot("fleet-node.svg", str(PICTURES))


if __name__ == "__main__":
    made = DrawnFleet()
    made.run(SECONDS)
    asyncio.run(draw(made))
