"""Granting on the screen: everything that a plugin asks for, what is known of each device, and one key to answer."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import (
    AccessDenied,
    ChipIdentified,
    Outcome,
    PluginsChanged,
    Presence,
    Probed,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import PluginFacts, ScanMode
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts

BUS = BusName("i2c-1")
RUNNING = StateChanged(NOW, "light", State.LOADING, State.RUNNING, "loaded")


def session(*others: PluginFacts) -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("light"), *others])


def denied(permission: str, count: int = 1) -> AccessDenied:
    return AccessDenied(NOW, "light", parse_permission(permission), f"host.toml does not grant {permission}", count)


def scanned(*answering: int) -> ScanCompleted:
    probed = [
        Probed(address, Presence.PRESENT if address in answering else Presence.ABSENT, "")
        for address in range(0x08, 0x78)
    ]
    return ScanCompleted(NOW - 10 * S, BUS, ScanMode.AUTO, tuple(probed), 1)


def words(screen: Screen) -> str:
    """The text on the screen in one line, without the frame: sentences are wrapped."""
    return " ".join(screen.text.replace("║", " ").split())


async def ask(screen: Screen, *events: AccessDenied) -> None:
    """Let the plugin ask, open its requests, and read them."""
    await screen.publish(RUNNING, *events)
    await screen.press("2", "home", "g")
    await screen.wait(1)


def test_everything_that_a_plugin_asks_for_is_seen_at_once() -> None:
    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"), denied("gpio:4:in", 10), denied("relay:fan"))
        assert "Let light use 3 devices?" in screen.text
        assert screen.line("Use 0x5d on i2c-1")
        assert screen.line("Read GPIO 4", "denied ≥10x")
        assert screen.line("Use the relay fan")
        assert 'Enter writes "i2c:1:0x5d" into' in screen.text

    drive(scenario, session())


def test_the_whole_device_is_offered_instead_of_write_and_then_read() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d:read"), denied("i2c:1:0x5d"))
        assert screen.line("Use 0x5d on i2c-1")
        assert "Let light use 1 device?" in screen.text
        await screen.press("enter")
        assert made.grants == [("light", (parse_permission("i2c:1:0x5d"),))]
        assert "0x5d on i2c-1" not in screen.text, "both requests are answered, and the sheet is closed"

    drive(scenario, made)


def test_who_asks_to_read_is_offered_the_whole_device_and_it_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d:read"))
        assert 'Enter writes "i2c:1:0x5d" into' in screen.text
        assert "This is the whole device" in words(screen)

    drive(scenario, session())


def test_one_line_in_two_modes_is_one_device() -> None:
    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("gpio:17:in"), denied("gpio:17:out"))
        assert "Let light use 1 device in 2 ways?" in screen.text

    drive(scenario, session())


def test_g_shows_the_requests_of_another_plugin_if_the_one_under_the_cursor_asks_for_nothing() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNNING, denied("i2c:1:0x5d:read"), denied("i2c:1:0x5d"))
        await screen.press("2")
        assert screen.line("1 request: press g") and screen.line("light asks for i2c:1:0x5d")
        await screen.press("down", "g")
        assert "Let light use 1 device?" in screen.text

    drive(scenario, session(plugin_facts("zebra")))


def test_transfers_that_nobody_answered_do_not_speak_for_a_device() -> None:
    async def scenario(screen: Screen) -> None:
        sent = TransferCompleted(NOW, "light", BUS, 0x5D, (), Outcome.NO_ACKNOWLEDGE, "", 1000)
        await screen.publish(scanned(0x23), sent)
        await ask(screen, denied("i2c:1:0x5d"))
        assert "Nobody answered at 0x5d on i2c-1 in the scan 10s ago: check the wiring" in words(screen)
        await screen.publish(replace(sent, outcome=Outcome.OK))
        assert "but a plugin has used it since" in words(screen)

    drive(scenario, session())


def test_nobody_at_the_address_is_told_before_the_person_grants_it() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x23))
        await ask(screen, denied("i2c:1:0x5d"))
        assert "Nobody answered at 0x5d on i2c-1 in the scan 10s ago" in words(screen)

    drive(scenario, session())


def test_the_chip_that_the_scan_found_is_named() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x76), ChipIdentified(NOW, BUS, 0x76, ("BME280",), "register 0xd0 reads 0x60"))
        await ask(screen, denied("i2c:1:0x76"))
        assert "0x76 on i2c-1 answered in the scan 10s ago: it is BME280." in words(screen)

    drive(scenario, session())


def test_a_bus_that_was_not_scanned_is_told_as_such() -> None:
    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"))
        assert "i2c-1 has not been scanned yet" in screen.text

    drive(scenario, session())


def test_other_plugins_that_have_the_device_are_named() -> None:
    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"), denied("gpio:4:in"))
        assert "lamp may use it already" in screen.text
        await screen.press("down")
        assert "fan may use it already" in screen.text

    drive(scenario, session(plugin_facts("lamp", "i2c:1:0x50-0x5f"), plugin_facts("fan", "gpio:4:out")))


def test_requests_that_a_broader_grant_has_answered_disappear() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d:read"), denied("i2c:1:0x5e:read"), denied("gpio:4:in"))
        made.known = [plugin_facts("light", "i2c:1:0x50-0x5f")]
        await screen.publish(PluginsChanged(NOW, ("light",)))
        assert "0x5d on i2c-1" not in screen.text and "0x5e on i2c-1" not in screen.text
        assert screen.line("Read GPIO 4")

    drive(scenario, made)


def test_all_devices_are_granted_with_one_key_in_one_step() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"), denied("gpio:4:in"))
        await screen.press("a")
        assert made.grants == [("light", (parse_permission("i2c:1:0x5d"), parse_permission("gpio:4:in")))]

    drive(scenario, made)


def test_the_key_finds_the_plugin_that_asks_from_every_row() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNNING)
        await screen.press("2", "home")
        assert "g Grant" not in screen.text, "nobody asks"
        await screen.publish(denied("i2c:1:0x5d"))
        assert "g Grant" in screen.text
        await screen.press("g")
        assert "Let light use 1 device?" in screen.text

    drive(scenario, ScriptedSession(known=[plugin_facts("air"), plugin_facts("light")]))


def test_leaving_grants_nothing_and_refusing_asks_no_more() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"), denied("gpio:4:in"))
        await screen.press("escape")
        assert "2 requests: press g" in screen.text
        await screen.press("g", "x", "x")
        await screen.publish(denied("i2c:1:0x5d", 100))
        assert "request" not in screen.text.lower()

    drive(scenario, made)
    assert not made.grants


def test_a_screen_that_only_looks_grants_nothing() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await ask(screen, denied("i2c:1:0x5d"))
        await screen.press("enter")
        await screen.until(lambda: "read-only" in screen.text)

    drive(scenario, made, read_only="This screen is read-only.")
    assert not made.grants


def test_a_key_that_comes_as_soon_as_the_list_appears_grants_nothing_and_says_so() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNNING, denied("i2c:1:0x5d"), denied("gpio:4:in"))
        await screen.press("2", "home", "g", "enter", "a")
        assert made.grants == []
        assert "Nothing was granted" in screen.text
        await screen.wait(1)
        await screen.press("enter", "enter")
        assert len(made.grants) == 1, "the second Enter found another device under the cursor"

    drive(scenario, made)


def test_a_frozen_screen_grants_too() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.publish(RUNNING, denied("i2c:1:0x5d"))
        await screen.press("F", "2", "home", "g", "enter")
        assert len(made.grants) == 1

    drive(scenario, made)
