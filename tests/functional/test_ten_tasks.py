"""Ten tasks of a person at 80x24, each with at most eight keys from the first frame. A word counts as its letters.

What a host does is scripted here. `test_ten_tasks_in_tmux.py` walks through the tasks with the whole program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hostcore.actuation import SwitchRelay
from hostcore.driver_wish import DriverKind
from hostcore.events import (
    AccessDenied,
    Alarm,
    AlarmRaised,
    AlarmsSet,
    ChipIdentified,
    Confidence,
    Counters,
    CountersTaken,
    CrashReport,
    Event,
    Evidence,
    Finding,
    FindingRaised,
    Message,
    Outcome,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.history import HistoryMark, MarkKind
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.settings_wish import Calibration, RangeAlarm
from tests.new_driver import scanned
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.terminal import Terminal

pytestmark = pytest.mark.usefixtures("greenwich")

MOST_KEYS = 8
BUS = BusName("i2c-1")
TRACEBACK = (
    'Traceback (most recent call last):\n  File "lamp.py", line 12, in read\n    low = answer[2]\n'
    "IndexError: index out of range"
)
READ = TransferCompleted(
    NOW - 2 * S, "lamp", BUS, 0x5C, (Message(False, b"\x01\x02"),), Outcome.OK, "", 1000, source_line=11
)
CRASH = CrashReport(
    NOW - S, "lamp", "plugins/lamp.py", "0123456789ab", "exception",
    "IndexError: index out of range in lamp.py line 12", TRACEBACK, "", "read", "", (READ,), (), Counters(), "1.0",
    line=12,
)  # fmt: skip
LOOP = Finding(
    "crash-loop",
    "lamp crashed 4 times for the same reason: IndexError: index out of range in lamp.py line 12.",
    "A new start does not help: correct lamp.",
    Confidence.CERTAIN,
    (Evidence("crashed: IndexError", NOW - S, "lamp", 12),),
    "lamp",
)
WARM = Alarm("warm", "bme680.temperature is above 20 °C", plugin="bme680", reading="temperature", above=20.0)
NIGHT = (
    HistoryMark(NOW - 9 * 3600 * S, "attic", MarkKind.CRASH, "exception: KeyError: 'gain' in attic.py line 3"),
    HistoryMark(NOW - 5 * 3600 * S, "lamp", MarkKind.RELOAD, "version 0123456789ab"),
)
DENIED = AccessDenied(NOW, "greedy", parse_permission("i2c:1:0x76"), "host.toml does not grant it", 3)


def session() -> ScriptedSession:
    known = [plugin_facts("bme680", "i2c:1:0x77"), plugin_facts("lamp", "i2c:1:0x5c"), plugin_facts("greedy")]
    facts = host_facts(started_ns=NOW, relays=("buzzer", "fan"))
    return ScriptedSession(facts=facts, known=[*known, plugin_facts("attic", "i2c:1:0x39")], marks=NIGHT)


def desk() -> tuple[Event, ...]:
    """What has happened before the first frame: one driver crashes, one reports only errors, one asks, one is well."""
    names = ("bme680", "lamp", "greedy", "attic")
    return (
        *(StateChanged(NOW - 9 * S, name, State.LOADING, State.RUNNING, "loaded") for name in names),
        READ,
        PluginCrashed(NOW - S, "lamp", CRASH, "lamp.json"),
        StateChanged(NOW - S, "lamp", State.RUNNING, State.BACKOFF, "read crashed: IndexError"),
        FindingRaised(NOW, LOOP, NOW),
        ReadingFailed(NOW, "attic", "nobody answered at 0x39"),
        CountersTaken(NOW, "attic", Counters(calls=3, errors=3, errors_in_a_row=3)),
        DENIED,
        scanned(0x5D, 0x76, 0x77),
        ReadingPublished(NOW, "bme680", {"temperature": 22.5, "humidity": 40.0}),
    )


@dataclass(frozen=True)
class Task:
    """Something that a person wants."""

    name: str
    keys: tuple[str, ...]
    """The keys, by their names in Textual."""
    sees: tuple[str, ...]
    """What stands on the screen at the end."""
    asked: Callable[[ScriptedSession], object] = lambda _: True
    """Whether the host was asked for the right thing."""
    meanwhile: tuple[Event, ...] = ()
    """What happened beside the desk before the first key."""


TASKS = (
    Task(
        "1 find the failing sensor", (), ("lamp crashed 4 times", "attic reports only errors: nobody answered at 0x39")
    ),
    Task(
        "2 why did it fail: the line", ("8", "enter", "enter"), ('File "lamp.py", line 12, in read', "low = answer[2]")
    ),
    Task(
        "2 why did it fail: the bus traffic",
        ("8", "enter", "enter", "pagedown"),
        ("Last transfers, newest first", "i2c-1 0x5c R 01 02"),
    ),
    Task(
        "3 add a BME280 driver from the scan",
        ("n", "enter", "y"),
        ("bme280", "first reading"),
        lambda made: [(each.kind, each.chip) for each in made.wishes] == [(DriverKind.LIBRARY, "bme280")],
        (ChipIdentified(NOW, BUS, 0x76, ("BME280",), "register 0xd0 reads it"),),
    ),
    Task(
        "4 calibrate it",
        ("down", "equals_sign", *"21", "full_stop", "5", "enter"),
        ("temperature is shifted by -1 °C",),
        lambda made: made.settings == [Calibration("bme680", ("temperature",), -1.0)],
    ),
    Task("5 switch the fan", ("7", "down", "enter"), (), lambda made: made.actuations == [SwitchRelay("fan", True)]),
    Task(
        "6 what happened at night",
        ("3", "t", "slash", *"03", "colon", "enter"),
        ("1 Jan 03:00:00 x attic", "KeyError: 'gain' in attic.py line 3", "find 03:, 1 mark"),
    ),
    Task(
        "7 grant a plugin exactly what it needs",
        ("2", "g", "enter"),
        (),
        lambda made: made.grants == [("greedy", (parse_permission("i2c:1:0x76"),))],
    ),
    Task("8 is the bus healthy", ("5",), ("i2c-1: no transfer failed in the last minute",)),
    Task("8 who is at 0x5d", ("5", "slash", "5", "d", "enter"), ("0x5d present",)),
    Task(
        "10 silence an alarm",
        ("a",),
        ("a acknowledge",),
        lambda made: made.acknowledged == ["warm"],
        (AlarmsSet(NOW, (WARM,)), AlarmRaised(NOW, WARM, NOW, 22.5)),
    ),
    Task(
        "10 set an alarm",
        ("down", "A", "greater_than_sign", *"30", "enter"),
        ("An alarm watches temperature: > 30",),
        lambda made: made.settings == [RangeAlarm("bme680", ("temperature",), above=30.0)],
    ),
)


@pytest.mark.parametrize(
    "terminal",
    [Terminal(), pytest.param(Terminal(is_console=True), marks=pytest.mark.thorough)],
    ids=["terminal", "console"],
)
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_takes_eight_keys_at_most(task: Task, terminal: Terminal) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(*desk(), *task.meanwhile)
        for key in task.keys:
            await screen.press(key)
            await screen.wait(0.5)  # nobody types faster what they have not read
        await screen.until(lambda: all(" ".join(each.split()) in screen.words for each in task.sees))
        await screen.until(lambda: task.asked(made))

    assert len(task.keys) <= MOST_KEYS
    drive(scenario, made, (80, 24), terminal)
