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


DRIVING: dict[str, Actuation] = {
    "relay fan on": SwitchRelay("fan", True),
    "relay fan off": SwitchRelay("fan", False),
    "pwm 18 50 1000": SetPwm(18, 0.5, 1000.0),
    "leds red": LightLeds((255, 0, 0)),
    "leds ff8800 0-3": LightLeds((255, 136, 0), 0, 3),
}
"""Lines, and what each drives."""
COPIED = (
    ("1 home", "history light"),
    ("1 home down", "history light.red"),
    ("1 z v", "history light.red"),
    ("1 home down enter a", "history light.red"),
    ("2 home", "crashes"),
    ("2 end", "grant light"),
    ("2 home enter", "crashes"),
    ("2 end g", "grant light i2c:1:0x5d"),
    ("3", "logs --plugin air --level error"),
    ("5 home", "scan i2c-1"),
    (f"5 home {'right ' * 11} down", "i2c dump i2c-1 0x23"),
    (f"5 home {'right ' * 11} down enter", "i2c dump i2c-1 0x23"),
    ("7 home", "relay fan on"),
    ("7 home down", "pwm 18 0 1000"),
    ("7 end", "leds 000000 0-7"),
    ("8 home", "crashes"),
    ("8 home down", "grant light"),
    ("S home", "world temperature own"),
    ("n end", "new driver"),
)
"""Keys that lead to an item, and its command."""


def test_y_copies_the_command_of_the_chosen_item() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        for keys, command in COPIED:
            screen.app.copy_to_clipboard("")
            await screen.press(*keys.split(), "y")
            assert (keys, screen.app.clipboard) == (keys, f"{START} {command}")
            while len(screen.app.screen_stack) > 1 or screen.app.panes.zoomed:
                await screen.press("escape")

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


def test_the_line_takes_the_words_of_the_commands_that_drive_outputs() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        for line, wanted in DRIVING.items():
            await screen.press("colon")
            await screen.paste(line)
            await screen.press("enter")
            await screen.until(lambda wanted=wanted: made.actuations[-1:] == [wanted])

    drive(scenario, made)


@pytest.mark.parametrize("line", ["leds puce", "leds red 3-"])
def test_the_line_drives_nothing_if_a_word_is_wrong(line: str) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("colon")
        await screen.paste(line)
        await screen.press("enter")
        await screen.until(lambda: screen.app._notifications)
        assert not made.actuations

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


SHOWING = {
    "history light.red": "Transfers of the last reading of light",
    "logs": "[3 Log]",
    "logs --plugin air": "[3 Log]",
    "diagnose": "[8 Problems]",
    "i2c dump i2c-1 0x23": "i2c-1 0x23, registers as last seen",
    "grant light": "Let light use 1 device?",
}
"""Lines, and what each brings into sight."""


def test_the_line_takes_the_words_of_the_commands_that_show_something() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        for line, shown in SHOWING.items():
            await screen.press("1", "colon")
            await screen.paste(line)
            assert "Likely meant" not in screen.text, line
            assert shown not in screen.text, line
            await screen.press("enter")
            await screen.until(lambda shown=shown: shown in screen.text)
            while len(screen.app.screen_stack) > 1:
                await screen.press("escape")

    drive(scenario, session())
