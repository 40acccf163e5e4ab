"""Draws the pictures of docs/fleet.md from a simulated fleet, without a broker: ``python -m tests.fleet_pictures``."""

from __future__ import annotations

import asyncio

from hostcore.broker.message import Arrived
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.plan import Plan
from tests.fleet_screen import FleetScreen, ScriptedFleet
from tests.pictures import PICTURES
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

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self._simulated.slot_at(self.now - self._start + seconds)
        for slot in range(self._slot, end):
            self.now = self._start + self._simulated.due(slot)
            for _, message in self._simulated.messages(slot):
                self.fleet.fold(Arrived(message.topic, message.payload), self.now)
        self._slot = end


async def draw(source: DrawnFleet) -> None:
    """Run the screen without a terminal, and save pictures of it."""
    screen = FleetScreen(source, Terminal())
    async with screen.app.run_test(size=SIZE) as screen.pilot:
        await screen.look()
        await screen.press("down", "down", "down")
        await screen.look(1)
        screen.app.save_screenshot("fleet.svg", str(PICTURES))
        await screen.press("enter")
        for _ in range(30):
            source.run(2.0)
            await screen.look()
        screen.app.save_screenshot("node.svg", str(PICTURES))


if __name__ == "__main__":
    made = DrawnFleet()
    made.run(SECONDS)
    asyncio.run(draw(made))
