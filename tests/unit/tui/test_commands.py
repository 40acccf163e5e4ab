"""The commands that the screen copies, read back by the command's own parser."""

from __future__ import annotations

import shlex
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.cli.main import make_parser
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.events import Level
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.view.problems import Problem, ProblemKind
from tests.scripted_session import host_facts
from tui import commands
from tui.commands import Words, in_shell

BUS = BusName("i2c-1")
NAMES = st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,20}", fullmatch=True)
KEYS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), max_size=4)


def parsed(words: Words) -> Namespace | None:
    """What the real parser makes of a command line, as a shell splits it; None if there is no command."""
    found = in_shell(words, host_facts())
    if not found.command:
        assert found.remark
        return None
    program, *arguments = shlex.split(found.command)
    assert program == "wasi-host"
    return make_parser(needs_command=True).parse_args(arguments)


@given(NAMES, KEYS)
def test_the_past_of_a_value_whatever_a_plugin_calls_it(plugin: str, keys: list[str]) -> None:
    path = (plugin, *keys)
    options = parsed(commands.history(path))
    assert options.key == ".".join(path) if options else not "".join(keys).isprintable()


@given(NAMES, st.booleans())
def test_relays(relay: str, is_on: bool) -> None:
    options = parsed(commands.drive(SwitchRelay(relay, is_on)))
    assert options and (options.relay, options.state) == (relay, "on" if is_on else "off")


@given(st.integers(0, 53), st.floats(0, 1), st.floats(1, 10_000))
def test_modulated_lines(line: int, duty: float, frequency_hz: float) -> None:
    options = parsed(commands.drive(SetPwm(line, duty, frequency_hz)))
    assert options and options.line == str(line)
    assert float(options.percent) == pytest.approx(duty * 100)
    assert float(options.frequency) == pytest.approx(frequency_hz)


@pytest.mark.parametrize("quantity", ["temperature", "illuminance"])
@given(st.none() | st.floats(-1e9, 1e9))
def test_quantities_of_the_simulated_world(quantity: str, value: float | None) -> None:
    options = parsed(commands.hold(quantity, value))
    assert options and options.quantity == quantity
    assert options.value == "own" if value is None else float(options.value) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (commands.drive(LightLeds((255, 136, 0), 2, 5)), {"color": "ff8800", "leds": "2-5"}),
        (commands.drive(LightLeds((0, 0, 0))), {"color": "000000", "leds": None}),
        (commands.logs("light", Level.WARNING), {"plugin": "light", "level": "warning"}),
        (commands.logs(), {"plugin": None, "level": "debug"}),
        (commands.grant("light"), {"name": "light", "permissions": []}),
        (
            commands.grant("light", parse_permission("i2c:1:0x23")),
            {"name": "light", "permissions": ["i2c:1:0x23"], "yes": False},
        ),
        (commands.fetch("light"), {"name": "light"}),
        (commands.scan(BUS), {"bus": "i2c-1"}),
        (commands.unstick(BUS), {"bus": "i2c-1"}),
        (commands.dump(BUS, 0x77), {"bus": "i2c-1", "address": "0x77"}),
        (commands.read_register(BUS, 0x77, 0xD0, 1), {"address": "0x77", "register": "0xd0", "length": "1"}),
        (commands.new(DriverWish(DriverKind.EMPTY, "probe")), {"name": "probe", "package": None}),
        (
            commands.new(DriverWish(DriverKind.LIBRARY, source="adafruit-circuitpython-bh1750", address=0x5C)),
            {"name": None, "package": "adafruit-circuitpython-bh1750", "address": 0x5C},
        ),
        (commands.CRASHES, {"wanted": None}),
        (commands.DIAGNOSE, {"bundle": None}),
        (commands.STATUS, {"json": False}),
    ],
)
def test_the_parser_understands_what_is_meant(words: Words, expected: dict[str, object]) -> None:
    options = parsed(words)
    assert options is not None
    assert {name: getattr(options, name) for name in expected} == expected


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_of_problem_has_a_command(kind: ProblemKind) -> None:
    assert parsed(commands.of_problem(Problem(kind, "it is wrong", 0, plugin="light", bus=BUS)))


def test_no_command_writes_one_of_the_project_s_own_drivers() -> None:
    assert commands.new(DriverWish(DriverKind.OWN, source="bh1750", address=0x23)) == ()


def test_settings_and_computer_are_part_of_the_line() -> None:
    facts = replace(host_facts(), config_file=Path("/home/pi/my host.toml"))
    line = "wasi-host --config '/home/pi/my host.toml' status"
    assert in_shell(commands.STATUS, facts).command == line
    assert shlex.split(in_shell(commands.STATUS, facts, "pi@raspberrypi").command) == [
        "ssh",
        "-t",
        "pi@raspberrypi",
        line,
    ]
