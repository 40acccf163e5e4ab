"""One pane at a time, with a simple desk instead of the app."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from hostcore.events import (
    AccessDenied,
    LeftOut,
    Level,
    LogWritten,
    ReadingPublished,
    RoundCompleted,
    State,
    StateChanged,
)
from hostcore.permissions import parse_permission
from hostcore.session import Order
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.simple_desk import OneWidget, SimpleDesk
from tui.desk import Desk
from tui.dialogs import Confirm
from tui.log.pane import LogPane
from tui.oled.pane import OledPane
from tui.outputs.pane import OutputsPane
from tui.pane import Pane
from tui.plugins.pane import PluginsPane
from tui.plugins.requests_screen import RequestsScreen
from tui.readings.pane import ReadingsPane
from tui.scanner.pane import ScannerPane
from tui.traffic.pane import TrafficPane


def show(pane: Pane, scenario: Callable[[OneWidget, Pilot[None]], Awaitable[None]]) -> None:
    """Run a pane alone in a small terminal, with the focus on it."""

    async def run() -> None:
        app = OneWidget(pane)
        async with app.run_test(size=(100, 20), message_hook=app.messages.append) as pilot:
            pane.focus()
            pane.update(0)
            await pilot.pause()
            await scenario(app, pilot)

    asyncio.run(run())


def desk(kind: str = "simulated", refusal: str = "") -> SimpleDesk:
    session = ScriptedSession(facts=host_facts(kind=kind), known=[plugin_facts("light")], refusal=refusal)
    made = SimpleDesk(session)
    made.view.fold([StateChanged(0, "light", State.LOADING, State.RUNNING, "")])
    return made


def test_a_pane_draws_what_its_desk_shows() -> None:
    one = desk()
    one.view.fold([ReadingPublished(0, "light", {"illuminance": 250.0})])

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        assert "illuminance" in app.text and "250" in app.text

    show(ReadingsPane(one), scenario)


def test_a_driver_whose_reading_is_too_large_for_the_round_is_marked() -> None:
    one = desk()
    missing = LeftOut("light", 600_000, 1, "the reading is left out")
    one.view.fold([ReadingPublished(1, "light", {"picture": "x"}), RoundCompleted(0, 1, {}, (missing,))])
    pane = ReadingsPane(one)

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        assert "NOT IN ROUND" in app.text
        assert "1 reading too large for the round" in pane.note()

    show(pane, scenario)


def test_an_order_goes_to_the_session_of_the_desk() -> None:
    one = desk()

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        assert one.session.orders == [("light", Order.STOP)]

    show(PluginsPane(one), scenario)


def test_an_order_that_the_host_refuses_is_told_to_the_person() -> None:
    one = desk(refusal="there is no such plugin")

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        assert (one.session.orders, one.refusals) == ([], ["there is no such plugin"])

    show(PluginsPane(one), scenario)


def test_requests_open_as_a_sheet() -> None:
    one = desk()
    one.view.fold([AccessDenied(0, "light", parse_permission("gpio:4:in"), "not among its permissions", 1)])

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("g")
        assert [type(sheet) for sheet in one.sheets] == [RequestsScreen]

    show(PluginsPane(one), scenario)


def test_a_simulated_bus_is_scanned_without_a_question() -> None:
    one = desk()

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("s")
        assert [bus for bus, _ in one.session.scans] == [1]
        assert not one.sheets

    show(ScannerPane(one), scenario)


@pytest.mark.parametrize(("yes", "scans"), [(True, 1), (False, 0), (None, 0)])
def test_a_real_bus_is_scanned_only_after_a_yes(yes: bool | None, scans: int) -> None:
    one = desk("linux")

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("s")
        assert [type(sheet) for sheet in one.sheets] == [Confirm]
        answered = one.answers[0]
        assert answered is not None and not one.session.scans
        answered(yes)
        assert len(one.session.scans) == scans

    show(ScannerPane(one), scenario)


def test_a_device_whose_transfers_are_wanted_is_a_message_to_the_surroundings() -> None:
    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("right", "t")
        asked = {(each.bus, each.address) for each in app.messages if isinstance(each, ScannerPane.TrafficAsked)}
        assert asked == {("i2c-1", 0x09)}

    show(ScannerPane(desk()), scenario)


def test_a_host_without_an_i2c_bus_can_be_asked_for_nothing() -> None:
    one = SimpleDesk(ScriptedSession(facts=dataclasses.replace(host_facts(), buses=())))

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("s", "i", "b", "enter")
        assert "host.toml has no I2C bus" in app.text
        assert not (one.session.scans or one.session.identified or one.sheets)

    show(ScannerPane(one), scenario)


def test_log_lines_are_saved_through_the_desk() -> None:
    one = desk()
    one.answer = "log.txt"
    one.view.fold([LogWritten(0, "light", Level.INFO, "it is dark")])

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        await pilot.press("w")
        assert one.questions == ["Save the shown lines to"]
        assert b"light: it is dark" in one.saved["log.txt"]

    show(LogPane(one), scenario)


@pytest.mark.parametrize("pane", [ReadingsPane, PluginsPane, LogPane, TrafficPane, ScannerPane, OledPane, OutputsPane])
def test_every_pane_can_be_shown_alone(pane: Callable[[Desk], Pane]) -> None:
    made = pane(desk())

    async def scenario(app: OneWidget, pilot: Pilot[None]) -> None:
        assert str(made.border_title) == f"{made.number} {made.title}"

    show(made, scenario)
