"""Every screen as text, held against what a person has looked at and found right.

``UPDATE_SNAPSHOTS=1 pytest tests/functional/test_screen_snapshots.py`` writes them anew, to be looked at again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.buses.world import quantity_facts
from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.events import (
    AccessDenied,
    Counters,
    CountersTaken,
    CrashReport,
    Event,
    LedsShown,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    Presence,
    Probed,
    PwmSet,
    ReadingFailed,
    ReadingPublished,
    RelaySwitched,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import ChipFacts
from hostcore.events.history import HistoryMark, MarkKind
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.ssd1306_display import UPRIGHT
from tui.terminal import Terminal

pytestmark = pytest.mark.usefixtures("greenwich")

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
SIZES = ((80, 24), (120, 40), *(pytest.param(each, marks=pytest.mark.thorough) for each in ((60, 18), (200, 60))))
SCREENS: dict[str, tuple[str, ...]] = {
    "readings": ("1",),
    "plugins": ("2",),
    "log": ("3",),
    "traffic": ("4",),
    "transfer": ("up", "enter"),
    "bus": ("escape", "5"),
    "registers": (*["down"] * 6, *["right"] * 15, "enter"),
    "oled": ("escape", "6"),
    "outputs": ("7",),
    "graph": ("1", "down", "enter"),
    "numbers": ("a", "down", "enter", "escape", "c"),
    "charts": ("escape", "v"),
    "timeline": ("escape", "3", "t"),
    "details": ("escape", "2", "home", "enter"),
    "requests": ("escape", "g"),
    "new-driver": ("escape", "n"),
    "question": ("enter",),
    "help": ("n", "escape", "question_mark"),
    "world": ("escape", "S"),
}
"""The keys that lead to each screen from the one before."""


def session() -> ScriptedSession:
    return ScriptedSession(
        facts=replace(
            host_facts(is_shipped_config=True, started_ns=NOW - 3723 * S, leds=8, relays=("fan",)),
            quantities=quantity_facts(Environment(VirtualClock())),
            chips=(ChipFacts("bme680", BusName("i2c-1"), 0x77), ChipFacts("dht22", BusName("gpio"), 4)),
        ),
        known=[
            plugin_facts("bme680", "i2c:1:0x77"),
            plugin_facts("oled", "i2c:1:0x3c:write"),
            plugin_facts("light", "i2c:1:0x23", "pwm:18"),
        ],
        sources={("bme680", ""): DRIVER},
        marks=(
            HistoryMark(NOW - 7200 * S, "light", MarkKind.FINDING, "certain, simulated: nothing answers at 0x23"),
            HistoryMark(NOW - 50 * S, "bme680", MarkKind.CRASH, "exception: KeyError: 'gain'"),
            HistoryMark(NOW - 20 * S, "bme680", MarkKind.RELOAD, "version 0123456789ab"),
            HistoryMark(NOW - 10 * S, "", MarkKind.FAULT, "faults on demand: 1"),
        ),
    )


DRIVER = """from host import i2c


def read():
    i2c.write(0x77, bytes([0x74, 0x25]))
    data = i2c.transfer(0x77, b"\\x1d", 15)
    return {"temperature": temperature_of(data)}
"""


def transfer(
    plugin: str, address: int, *messages: Message, at_ms: int, outcome: Outcome = Outcome.OK, line: int = 0
) -> TransferCompleted:
    """A transfer in the second before now."""
    return TransferCompleted(
        NOW - S + at_ms * 1_000_000, plugin, BusName("i2c-1"), address, messages, outcome, "", 312_000,
        sequence=1, source_line=line, is_simulated=True,
    )  # fmt: skip


def frame() -> Iterator[TransferCompleted]:
    """A picture of rising steps on the display."""
    yield transfer("oled", 0x3C, Message(True, bytes([0x00, *UPRIGHT, 0x20, 0x00])), at_ms=0)
    steps = bytes(0xFF if 7 - page <= column // 16 else 0 for page in range(8) for column in range(128))
    yield transfer("oled", 0x3C, Message(True, b"\x40" + steps), at_ms=2)


def story() -> Iterator[Event]:
    """One of each kind of thing that a screen shows."""
    for number in range(30):
        climate = {
            "temperature": 21 + number % 7 / 4,
            "humidity": 40,
            "air_quality": {"index": 99.5, "method": "a text"},
        }
        yield ReadingPublished(NOW - (31 - number) * S, "bme680", climate, (BusName("i2c-1"),))
    for name in ("bme680", "oled"):
        yield StateChanged(NOW - 60 * S, name, State.LOADING, State.RUNNING, "loaded")
        counters = Counters(calls=30, call_p50_ns=182_000_000, call_max_ns=190_000_000, memory_bytes=1 << 20)
        yield CountersTaken(NOW, name, counters)
    yield from frame()
    yield transfer("bme680", 0x77, Message(True, b"\x74\x24"), at_ms=30, line=5)
    yield transfer("bme680", 0x77, Message(True, b"\x74\x25"), at_ms=40, line=5)
    yield transfer("bme680", 0x77, Message(True, b"\x1d"), Message(False, bytes(range(0x80, 0x8F))), at_ms=228, line=6)
    yield ReadingPublished(NOW - S + 230_000_000, "bme680", climate, (BusName("i2c-1"),))
    yield transfer("light", 0x23, Message(True, b"\x10"), at_ms=232, outcome=Outcome.NO_ACKNOWLEDGE)
    yield LogWritten(NOW - 2 * S, "bme680", Level.INFO, "found a BME680")
    yield LogWritten(NOW - S, "light", Level.WARNING, "no gain for 3")
    yield LogWritten(NOW - S, "light", Level.ERROR, "crashed (exception): KeyError: 'gain'", by_host=True)
    yield ReadingFailed(NOW - S, "light", "crashed: KeyError: 'gain'")
    yield AccessDenied(NOW - S, "light", parse_permission("gpio:4:in"), "GPIO line 4 is not among its permissions", 1)
    yield crash()
    yield StateChanged(NOW - S, "light", State.RUNNING, State.BACKOFF, "read crashed: KeyError: 'gain'", 9.0)
    yield LedsShown(NOW - S, "bme680", ((0, 255, 0), (255, 136, 0), *[(0, 0, 0)] * 6), is_simulated=True)
    yield RelaySwitched(NOW - S, "bme680", "fan", True, is_simulated=True)
    yield PwmSet(NOW - S, "light", 18, 0.5, 1000.0, is_simulated=True)
    found = {0x23: Presence.GHOST, 0x3C: Presence.PRESENT, 0x68: Presence.KERNEL, 0x77: Presence.PRESENT}
    probed = tuple(Probed(address, found.get(address, Presence.ABSENT), "") for address in range(0x08, 0x78))
    yield ScanCompleted(NOW - 9 * S, "i2c-1", "auto", probed, 30_000_000, is_simulated=True)


def crash() -> PluginCrashed:
    counters = Counters(calls=9, errors=1, crashes=(("exception", 1),), call_p50_ns=1_200_000, call_max_ns=9_000_000)
    traceback = "Traceback (most recent call last):\n  File \"light.py\", line 9, in read\nKeyError: 'gain'"
    report = CrashReport(
        NOW - S, "light", "plugins/light.py", "0123456789ab", "exception", "KeyError: 'gain' in light.py line 9",
        traceback, "", "read", "", (), (), counters, "1.0",
    )  # fmt: skip
    return PluginCrashed(NOW - S, "light", report, "/crashes/light-1.json")


def check(name: str, screen: Screen) -> None:
    """Hold what stands on the screen against its snapshot, or write it."""
    file = SNAPSHOTS / f"{name}.txt"
    text = "".join(line.rstrip() + "\n" for line in screen.lines)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{file.name} is another"


async def visit_all(screen: Screen, terminal: str) -> None:
    """Look at every screen."""
    await screen.publish(*story())
    await screen.wait(1)
    for name, keys in SCREENS.items():
        await screen.press(*keys)
        await screen.until(lambda: "asking the history" not in screen.text)
        await screen.wait(0)  # what depends on the final size is written with the next update
        check(f"{name}-{terminal}", screen)


@pytest.mark.parametrize("size", SIZES)
def test_every_screen(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await visit_all(screen, f"{size[0]}x{size[1]}")

    drive(scenario, session(), size)


def test_every_screen_of_the_console() -> None:
    async def scenario(screen: Screen) -> None:
        await visit_all(screen, "console")

    drive(scenario, session(), (80, 24), Terminal(is_console=True))
