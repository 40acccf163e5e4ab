"""Values that a host in another process sends and that cannot be: front ends do not take them in."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.control.far_values import facts_problem, value_problem
from hostcore.control.message_lines import answer_line
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_messages import Greeting
from hostcore.devices.environment import Signal
from hostcore.errors import HostError
from hostcore.events import (
    Event,
    LedsShown,
    Level,
    LogWritten,
    PwmSet,
    ScanProgressed,
    State,
    StateChanged,
    TaskProgressed,
)
from hostcore.events.facts import HostFacts, QuantityFacts
from hostcore.place import BusName
from tests.attached import ServedSession
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, host_facts

STATE = StateChanged(1, "light", State.RUNNING, State.BACKOFF, "crashed", retry_seconds=2.0)
SCAN = ScanProgressed(1, BusName("i2c-1"), 0x23, 0, 0)
WARMTH = QuantityFacts("temperature", "°C", -10.0, 50.0, Signal(20.0))
PWM = PwmSet(1, "fan", 18, 0.5, 100.0)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (LedsShown(1, "light", ((0, 0, 0), (0, 256, 0))), "a part of a colour is not 0 to 255"),
        (LedsShown(1, "light", ((-1, 0, 0),)), "a part of a colour is not 0 to 255"),
        (replace(PWM, duty=1e9), "a duty is 1e+09, and 0 to 1 are possible"),
        (replace(PWM, duty=-0.1), "a duty is -0.1, and 0 to 1 are possible"),
        (replace(STATE, retry_seconds=1e300), "a time is 1e+300 s, and 0 to 1e+09 s are possible"),
        (replace(STATE, retry_seconds=-1.0), "a time is -1 s"),
        (LogWritten(1, "light", Level.INFO, "x" * 30_000), "a log line has 30000 characters, and 21000 are possible"),
        (TaskProgressed(1, "Compiling", -1.0, 9.0), "a time is -1 s, and 0 to 1e+09 s are possible"),
        (TaskProgressed(1, "Compiling", 1.0, 1e300), "a time is 1e+300 s"),
        (SCAN, "a scan has done 0 of 0 probes"),
        (replace(SCAN, done=9, whole=8), "a scan has done 9 of 8 probes"),
    ],
)
def test_an_impossible_value_is_named(event: Event, words: str) -> None:
    assert words in value_problem(event)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (host_facts(leds=1 << 40), "LEDs, and 320 are possible"),
        (host_facts(relays=tuple(map(str, range(1001)))), "more than 1000 relays"),
        (replace(host_facts(), quantities=(WARMTH,) * 1001), "more than 1000 relays, buses, simulated quantities"),
        (host_facts(relays=("fan\x1b[2J",)), "the name of a relay has characters that a terminal acts on"),
    ],
)
def test_a_host_that_says_of_itself_what_cannot_be_is_not_shown(facts: HostFacts, words: str) -> None:
    assert words in facts_problem(facts)
    host, front_end = socket.socketpair()
    host.sendall(answer_line(Greeting(1, 4711, "run", facts, ())))
    with host, pytest.raises(HostError, match="this is no host that can be shown"):
        RemoteSession(lambda: front_end, ServedSession().clock)


def test_the_chip_files_of_another_computer_are_not_looked_for_here() -> None:
    host, front_end = socket.socketpair()
    facts = replace(host_facts(), chips_folder=Path("/etc"))
    with host:
        host.sendall(answer_line(Greeting(1, 4711, "run", facts, ())))
        remote = RemoteSession(lambda: front_end, ServedSession().clock, computer="pi@raspberrypi")
        assert remote.facts.chips_folder is None
        assert remote.stop()


@pytest.mark.parametrize("event", [LedsShown(1, "light", ((0, 255, 1),)), PWM, replace(PWM, duty=0.0), STATE])
def test_possible_values_are_taken_in(event: Event) -> None:
    assert value_problem(event) == ""


def test_the_screen_draws_the_largest_values_that_are_taken_in() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            LedsShown(1, "light", ((255, 255, 255),)), replace(PWM, duty=1.0), replace(STATE, retry_seconds=1e9)
        )
        assert "PWM line 18" in screen.text

    drive(scenario, ScriptedSession(), size=(120, 40))
