"""Faults on demand on the screen: nobody can overlook them, and a person switches them on and off."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import FaultsSet
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.terminal import Terminal

NACK = Fault(FaultKind.NACK, BusName("i2c-1"), 0x77, every=3)
STUCK = Fault(FaultKind.STUCK_SCL, BusName("i2c-3"))


def session(kind: str = "simulated") -> ScriptedSession:
    facts = host_facts(kind=kind, started_ns=NOW)
    return ScriptedSession(facts=facts, known=[plugin_facts("bme680", "i2c:1:0x77")])


def test_a_line_above_every_pane_names_the_faults_until_they_are_over() -> None:
    async def scenario(screen: Screen) -> None:
        assert "FAULTS ON" not in screen.text
        await screen.publish(FaultsSet(NOW, (NACK, STUCK)))
        for pane in "12345678":
            await screen.press(pane)
            assert screen.line("FAULTS ON: i2c-1 0x77 NACK every 3rd; i2c-3 SCL stuck low")
        await screen.publish(FaultsSet(NOW, ()))
        assert "FAULTS ON" not in screen.text

    drive(scenario, session())


def test_a_screen_that_can_change_nothing_names_no_keys_beside_the_faults() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (NACK,)))
        assert "(5 f: change)" not in screen.line("FAULTS ON: i2c-1 0x77 NACK every 3rd")

    drive(scenario, session(), read_only="This is a recording.")


def test_the_sheet_without_faults_has_no_row_to_choose() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "f")
        assert screen.line("No faults are on. a: add one")
        shown = [segment for strip in screen.app.screen._compositor.render_strips() for segment in strip]
        (row,) = [each for each in shown if "No faults" in each.text]
        assert row.style is not None and row.style.bgcolor != screen.app.look.cursor.bgcolor

    drive(scenario, session(), terminal=Terminal(is_console=True))


def test_a_fault_that_ends_by_itself_says_at_what_time() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (replace(NACK.until(623), from_s=23.0),)))
        assert screen.line("FAULTS ON: i2c-1 0x77 NACK every 3rd from 12:00:23 until 12:10:23")
        await screen.wait(30)
        assert screen.line("FAULTS ON: i2c-1 0x77 NACK every 3rd until 12:10:23")
        await screen.press("5", "f")
        assert screen.line(" i2c-1 0x77 NACK every 3rd until 12:10:23", "║")

    drive(scenario, wired, (100, 30))


def test_a_line_that_is_too_narrow_counts_the_faults_that_it_does_not_name() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (NACK,) * 9))
        assert "9 FAULTS ON" in screen.text
        await screen.publish(FaultsSet(NOW, (STUCK,) * 9))
        assert screen.line("FAULTS ON: i2c-3 SCL stuck low; and 8 more")

    drive(scenario, session(), size=(60, 18))


def test_a_person_sets_a_fault_for_the_device_of_a_plugin() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("5", "f", "a")
        assert screen.line("Fault", "NACK")
        await screen.press("enter")
        assert [each.kind for each in wired.faults[-1]] == [FaultKind.NACK]
        assert wired.faults[-1][0].to_s == 600, "it ends by itself"

    drive(scenario, wired)


def test_the_form_begins_with_a_device_in_use_and_not_with_an_empty_address_under_the_cursor() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "f", "a")
        assert screen.line("Where", "< i2c-1 0x77 >")
        assert screen.line("Enter Switch on")

    drive(scenario, session())


def test_a_fault_on_a_real_bus_needs_a_yes() -> None:
    wired = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.press("5", "f", "a", "enter")
        assert "real devices" in screen.text
        assert wired.faults == []
        await screen.press("escape")
        assert wired.faults == []
        await screen.press("a", "enter", "y")
        assert len(wired.faults[-1]) == 1

    drive(scenario, wired)


def test_one_fault_or_all_of_them_are_switched_off() -> None:
    wired = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(FaultsSet(NOW, (NACK, STUCK)))
        await screen.press("5", "f", "x")
        assert wired.faults[-1] == (STUCK,)
        await screen.press("o")
        assert wired.faults[-1] == ()

    drive(scenario, wired)
