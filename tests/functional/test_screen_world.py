"""The simulated world on the screen: a person sets what chips measure, and unplugs them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.devices.environment import Signal
from hostcore.events import ConnectionRestored, FaultsSet, HeldQuantity, QuantitiesHeld
from hostcore.events.facts import ChipFacts, QuantityFacts
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts
from tui.terminal import Terminal

WARMTH = QuantityFacts("temperature", "°C", -273.15, 1000.0, Signal(21.4, noise=0.03))
LIGHT = QuantityFacts("illuminance", "lx", 0.0, 1e6, Signal(260.0))
SENSOR = ChipFacts("bme680", BusName("i2c-1"), 0x77)
WIRE = ChipFacts("dht22", BusName("gpio"), 4)
UNPLUGGED = Fault(FaultKind.UNPLUGGED, BusName("i2c-1"), 0x77)
NACK = Fault(FaultKind.NACK, BusName("i2c-1"), 0x77)


def session() -> ScriptedSession:
    facts = replace(host_facts(started_ns=NOW), quantities=(WARMTH, LIGHT), chips=(SENSOR, WIRE))
    return ScriptedSession(facts=facts)


@pytest.mark.parametrize("terminal", [Terminal(), Terminal(is_console=True)])
def test_it_lists_quantities_with_unit_and_noise_and_chips_and_is_unmistakably_simulated(terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("S")
        assert screen.line("SIMULATED", "Nothing here is real, but drivers measure it.")
        assert screen.line("temperature", "21.4 °C", "± 0.03", "its own course")
        assert screen.line("illuminance", "260 lx", "its own course")
        assert screen.line("bme680", "i2c-1 0x77", "plugged in")
        assert screen.line("dht22", "gpio 4", "plugged in")
        await screen.press("escape")
        assert "The simulated world" not in screen.text

    drive(scenario, session(), terminal=terminal)


def test_a_value_is_typed_and_a_row_says_that_it_is_held() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("S", "enter")
        assert screen.line("temperature in °C, -273.15 to 1000:", "21.4")
        await screen.type("35.5")
        await screen.press("enter")
        assert wired.holds == [("temperature", 35.5)]
        await screen.publish(QuantitiesHeld(NOW, (HeldQuantity("temperature", 35.5),)))
        assert screen.line("temperature", "35.5 °C", "HELD")
        await screen.press("o")
        assert wired.holds[-1] == ("temperature", None)

    drive(scenario, wired)


@pytest.mark.parametrize("typed", ["warm", "1e9", "  nan"])
def test_what_is_no_number_in_range_is_refused_with_what_is_allowed(typed: str) -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("S", "enter")
        await screen.type(typed)
        await screen.press("enter")
        await screen.until(lambda: f"Found {typed}, allowed is -273.15 to 1000 °C" in screen.text)
        assert not wired.holds

    drive(scenario, wired)


def test_plus_and_minus_go_to_round_values_also_when_the_host_has_not_answered_yet() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("S", "plus", "plus", "minus", "minus")
        assert wired.holds == [("temperature", each) for each in (22.0, 23.0, 22.0, 21.0)]
        await screen.press("down", "minus", "minus", "minus", "minus")
        assert wired.holds[4:] == [("illuminance", each) for each in (200.0, 100.0, 0.0, 0.0)]

    drive(scenario, wired)


def test_a_chip_is_unplugged_and_plugged_in_again_without_touching_other_faults() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (NACK,)))
        await screen.press("S", "down", "down", "enter")
        assert wired.faults[-1] == (NACK, UNPLUGGED)
        await screen.publish(FaultsSet(NOW, (NACK, UNPLUGGED.until(600))))
        assert screen.line("bme680", "UNPLUGGED until")
        await screen.press("enter")
        assert wired.faults[-1] == (NACK,)

    drive(scenario, wired)


def test_a_chip_that_stays_unplugged_or_is_said_to_for_longer_than_can_be_has_no_end() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("S")
        for fault in (UNPLUGGED, UNPLUGGED.until(1e300)):
            await screen.publish(FaultsSet(NOW, (fault,)))
            assert screen.line("bme680", "UNPLUGGED").split("UNPLUGGED")[1].strip(" ║") == ""

    drive(scenario, session())


def test_the_faults_on_demand_are_a_key_away_for_the_chip_under_the_cursor() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (NACK,)))
        await screen.press("S", "down", "down")
        assert screen.line("bme680", "plugged in, 1 fault")
        await screen.press("f", "a")
        assert screen.line("Where", "< i2c-1 0x77 >")

    drive(scenario, session())


def test_a_line_above_every_pane_names_what_is_held_until_it_is_let_go() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(QuantitiesHeld(NOW, (HeldQuantity("illuminance", 0.0),)))
        for pane in "12345678":
            await screen.press(pane)
            assert screen.line("SIMULATED, held by a person: illuminance 0 lx", "S: change")
        await screen.publish(QuantitiesHeld(NOW, ()))
        assert "held by a person" not in screen.text

    drive(scenario, session())


def test_on_a_real_machine_the_key_says_that_nothing_is_simulated() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("S")
        assert "every bus of this host is real" in screen.text
        assert "The simulated world" not in screen.text

    drive(scenario, ScriptedSession(facts=host_facts(kind="linux")))


def test_a_read_only_screen_shows_the_world_and_changes_nothing() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("S", "plus", "o", "enter", "down", "down", "enter")
        assert screen.line("temperature", "21.4")
        assert not wired.changes

    drive(scenario, wired, read_only="It only looks.")


def test_a_host_that_was_started_again_without_simulation_leaves_an_empty_list() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("S", "down")
        wired.facts = host_facts(kind="linux")
        await screen.publish(ConnectionRestored(NOW, True))
        await screen.press("enter", "plus", "o", "f", "escape")
        assert not wired.changes

    drive(scenario, wired)
