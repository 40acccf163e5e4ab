"""``wasi-host relay``, ``pwm`` and ``leds``: a person drives outputs of the running host from a shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from hostcore.backends.base import BackendKind
from hostcore.cli.statuses import ExitStatus
from hostcore.events import Event, LedsShown, PwmSet, RelaySwitched
from hostcore.events.stream import Subscription
from tests.command import Desk
from tests.commanded import here, made_host, reachable
from tests.outputs import output_settings

pytest_plugins = ["tests.commanded_fixture"]


class Running:
    """A host in this process."""

    def __init__(self, commanded_desk: Desk) -> None:
        self.commanded_desk = commanded_desk
        self.host = made_host(commanded_desk)
        self.events: Subscription = self.host.subscribe(RelaySwitched, PwmSet, LedsShown)

    def driven(self) -> list[Event]:
        return [item.event for item in self.events.take(0) if isinstance(item.event, get_args(Event))]


@pytest.fixture
def running(commanded_desk: Desk, cache_folder: Path) -> Iterator[Running]:
    commanded_desk.write("host.toml", output_settings(cache_folder))
    commanded_desk.write("plugins/cooling.py", "def read():\n    return {}\n")
    made = Running(commanded_desk)
    with reachable(made.host):
        yield made


def test_each_kind_of_output_is_driven_and_told(running: Running) -> None:
    relay = running.commanded_desk.run("relay", "fan", "on")
    assert (relay.status, relay.out, relay.err) == (0, "relay fan on (simulated)\n", "")
    pwm = running.commanded_desk.run("pwm", "18", "50%", "1000", "--json")
    assert json.loads(pwm.out) == {"done": "PWM line 18 at 50% of 1000 Hz", "simulated": True}
    assert running.commanded_desk.run("leds", "red").out == "all LEDs in ff0000 (simulated)\n"
    assert running.commanded_desk.run("leds", "00ff00", "1-2").out == "LEDs 1-2 in 00ff00 (simulated)\n"
    switched, modulated, *shown = running.driven()
    assert isinstance(switched, RelaySwitched) and (switched.on, switched.by_person) == (True, True)
    assert isinstance(modulated, PwmSet) and modulated.duty == 0.5
    assert [each.colors[0] for each in shown if isinstance(each, LedsShown)] == [(255, 0, 0), (255, 0, 0)]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ("relay heater on", 2, "the host has no relay 'heater'; it has fan"),
        ("pwm 17 50 1000", 1, "host.toml lets no plugin modulate GPIO line 17"),
        ("pwm 18 50 20000", 1, "20000 Hz; 1 to 10,000 are allowed"),
        ("pwm 18 101 1000", 2, "found '101', allowed is a duty in percent"),
        ("pwm x 50 1000", 2, "found 'x', allowed is a BCM number from 0 to 53"),
        ("leds reddish", 2, "found 'reddish', allowed is a colour: off"),
        ("leds red 3", 1, "there is no LED 3; the strip has 0 to 2"),
        ("leds red 1-x", 2, "found '1-x', allowed is an LED such as 3"),
    ],
)
def test_a_mistake_is_one_line(
    running: Running, arguments: str, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(running.commanded_desk, *arguments.split()) == status
    told = capsys.readouterr().err
    assert words in told.replace('"', "'") and told.count("\n") == 1
    assert running.driven() == []


def test_real_hardware_is_asked_about_and_y_answers(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    facts = running.host.facts
    running.host.facts = replace(facts, buses=tuple(replace(bus, backend=BackendKind.LINUX) for bus in facts.buses))
    assert here(running.commanded_desk, "relay", "fan", "on") == ExitStatus.FAILED
    assert "nothing was driven, because standard input is not a terminal; -y" in capsys.readouterr().err
    assert running.driven() == []
    assert here(running.commanded_desk, "relay", "fan", "on", "-y") == ExitStatus.DONE
    assert capsys.readouterr().out == "relay fan on\n"


def test_without_a_host_the_status_is_3_and_the_line_says_how_to_start_one(commanded_desk: Desk) -> None:
    commanded_desk.write("host.toml", "")
    ended = commanded_desk.run("relay", "fan", "on")
    assert (ended.status, ended.out) == (ExitStatus.NOT_RUNNING, "")
    assert "no host runs" in ended.err and "wasi-host up" in ended.err
