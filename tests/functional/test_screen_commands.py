"""One set of words: ``y`` copies the command of the chosen item, and ``:`` takes the words of the commands."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from hostcore.actuation import Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.cli.main import make_parser
from hostcore.devices.environment import Signal
from hostcore.events import (
    AccessDenied,
    LedsShown,
    Level,
    LogWritten,
    Presence,
    Probed,
    ReadingPublished,
    RelaySwitched,
    ScanCompleted,
    State,
    StateChanged,
)
from hostcore.events.facts import ChipFacts, QuantityFacts, ScanMode
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

BUS = BusName("i2c-1")
WARMTH = QuantityFacts("temperature", "°C", -273.15, 1000.0, Signal(21.4, noise=0.03))
START = "wasi-host --config host.toml"


def session() -> ScriptedSession:
    facts = host_facts(started_ns=NOW, leds=8, leds_bus="i2c-3", relays=("fan",))
    facts = replace(facts, quantities=(WARMTH,), chips=(ChipFacts("bme680", BUS, 0x77),))
    return ScriptedSession(facts=facts, known=[plugin_facts("light", "pwm:18"), plugin_facts("air")])


async def run(screen: Screen) -> None:
    probed = [Probed(each, Presence.PRESENT if each == 0x23 else Presence.ABSENT, "") for each in range(0x08, 0x78)]
    await screen.publish(
        StateChanged(NOW, "light", State.LOADING, State.RUNNING, ""),
        StateChanged(NOW, "air", State.RUNNING, State.QUARANTINED, "6 crashes within 60 s"),
        ReadingPublished(NOW, "light", {"red": 5}),
        LogWritten(NOW, "air", Level.ERROR, "it smells"),
        RelaySwitched(NOW, "", "fan", True, True, by_person=True),
        AccessDenied(NOW, "light", parse_permission("i2c:1:0x5d"), "it wants to read", 1),
        ScanCompleted(NOW, BUS, ScanMode.AUTO, tuple(probed), 1),
    )


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        (["1"], "history light"),
        (["1", "down"], "history light.red"),
        (["v"], "history light.red"),
        (["1", "down", "enter", "a"], "history light.red"),
        (["2"], "grant light"),
        (["2", "down"], "crashes"),
        (["2", "down", "enter"], "crashes"),
        (["2", "g"], "grant light i2c:1:0x5d"),
        (["3"], "logs --plugin air --level error"),
        (["5"], "scan i2c-1"),
        (["5", *["right"] * 11, "down"], "i2c dump i2c-1 0x23"),
        (["5", *["right"] * 11, "down", "enter"], "i2c dump i2c-1 0x23"),
        (["7"], "relay fan on"),
        (["7", "down"], "pwm 18 0 1000"),
        (["7", "end"], "leds 000000 0-7"),
        (["8"], "crashes"),
        (["8", "down"], "grant light"),
        (["S"], "world temperature own"),
        (["n", "end"], "new driver"),
    ],
)
def test_y_copies_the_command_of_the_chosen_item(keys: list[str], command: str) -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("1", *(["z"] if keys[0] == "v" else []), *keys, "y")
        assert screen.app.clipboard == f"{START} {command}"

    drive(scenario, session(), (100, 30))


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["S", "down"], "No command unplugs a chip"),
        (["7", "down", "down"], "No command lights LEDs in several colours"),
    ],
)
def test_if_no_command_does_it_y_says_so(keys: list[str], reason: str) -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.publish(LedsShown(NOW, "light", tuple((each, 0, 0) for each in range(8))))
        await screen.press(*keys, "y")
        assert not screen.app.clipboard
        await screen.until(lambda: any(reason in each.message for each in screen.app._notifications))

    drive(scenario, session())


def test_every_command_of_an_action_is_one_of_the_real_parser_and_works_on_the_line() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        listed = list(screen.app.actions())
        commands = {each.command for each in listed if each.command}
        assert {words[0] for words in commands} >= {"relay", "history", "logs", "grant", "fetch", "scan", "i2c"}
        for words in commands:
            make_parser(needs_command=True).parse_args(shlex.split(shlex.join(words)))

    drive(scenario, session())


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("relay fan on", SwitchRelay("fan", True)),
        ("relay fan off", SwitchRelay("fan", False)),
        ("pwm 18 50 1000", SetPwm(18, 0.5, 1000.0)),
        ("leds red", LightLeds((255, 0, 0))),
        ("leds ff8800 0-3", LightLeds((255, 136, 0), 0, 3)),
        ("leds puce", None),
        ("leds red 3-", None),
    ],
)
def test_the_line_takes_the_words_of_the_commands_that_drive_outputs(line: str, wanted: Actuation | None) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("colon")
        await screen.paste(line)
        await screen.press("enter")
        await screen.until(lambda: made.actuations or screen.app._notifications)
        assert made.actuations == ([wanted] if wanted else [])

    drive(scenario, made)


@pytest.mark.parametrize(("line", "value"), [("world temperature 30", 30.0), ("world temperature own", None)])
def test_the_line_holds_a_quantity_of_the_simulated_world(line: str, value: float | None) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("colon")
        await screen.paste(line)
        await screen.press("enter")
        await screen.until(lambda: made.holds)
        assert made.holds == [("temperature", value)]

    drive(scenario, made)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("history light.red", "Transfers of the last reading of light"),
        ("logs", "[3 Log]"),
        ("logs --plugin air", "[3 Log]"),
        ("diagnose", "[8 Problems]"),
        ("i2c dump i2c-1 0x23", "i2c-1 0x23, registers as last seen"),
        ("grant light", "Let light use 1 device?"),
    ],
)
def test_the_line_takes_the_words_of_the_commands_that_show_something(line: str, shown: str) -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("colon")
        await screen.paste(line)
        assert "Likely meant" not in screen.text
        await screen.press("enter")
        await screen.until(lambda: shown in screen.text)

    drive(scenario, session())
