"""A screen with a driver that is in trouble."""

from __future__ import annotations

import pytest

from hostcore.events import (
    Confidence,
    Evidence,
    Finding,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.place import BusName
from tests.screen import NOW, S, Screen
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

WRONG_ADDRESS = Finding(
    "wrong-address",
    "Nothing answers at 0x77 on i2c-1, where air looks for its BME680. At 0x76, a chip answers that is a BME680: wrong "
    "address.",
    "Change the address to 0x76 in air and in host.toml.",
    Confidence.CERTAIN,
    (Evidence("asked for 1 byte, no-acknowledge", NOW - S, "air", 12, 7),),
    "air",
    BusName("i2c-1"),
    0x77,
)

SLOW = Finding("slow-plugin", "air is slow: a reading takes 3 s.", "Read less often.", Confidence.LIKELY, plugin="air")

SIZES = [(60, 18), (120, 40), *(pytest.param(each, marks=pytest.mark.thorough) for each in ((80, 24), (200, 60)))]
"""One pane at a time, and all of them; the thorough tests also take the sizes between and above."""


def session() -> ScriptedSession:
    return ScriptedSession(facts=host_facts(started_ns=NOW), known=[plugin_facts("air")])


def words(screen: Screen) -> str:
    """The text on the screen without the breaks of its lines and without frames."""
    lines = (line.strip("│║ ") for line in screen.lines)
    return " ".join(" ".join(lines).split())


async def run_air(screen: Screen) -> None:
    """Let the driver run, and give its first reading."""
    await screen.publish(
        StateChanged(NOW, "air", State.LOADING, State.RUNNING, "loaded"),
        ReadingPublished(NOW, "air", {"t": 21.5, "h": 40.25}),
    )
