"""A new driver on the screen: from a yes to its first reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.driver_wish import DriverKind
from hostcore.errors import HostError
from hostcore.events import (
    AccessDenied,
    DriverAdded,
    PluginsChanged,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
    TaskProgressed,
)
from hostcore.permissions import parse_permission
from tests.new_driver import ADDRESS, BUS, HERE, choose, find_a_bme280, scanned
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.desk import NewDriver


def test_a_driver_is_added_after_a_yes_and_may_use_just_the_address() -> None:
    made = ScriptedSession()

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await choose(screen, "adafruit-circuitpython-bme280")
        await screen.press("enter")
        assert screen.line("Add adafruit-circuitpython-bme280", "and let it use 0x76")
        assert screen.line('"i2c:1:0x76" goes into host.toml', "just this")
        await screen.press("n")
        assert not made.wishes
        await screen.press("enter", "y")
        (wish,) = made.wishes
        assert (wish.kind, wish.source) == (DriverKind.LIBRARY, "adafruit-circuitpython-bme280")
        assert (wish.chip, wish.bus, wish.address) == ("bme280", 1, 0x76)

    drive(scenario, made)


def test_the_way_to_the_first_reading_is_seen_without_leaving_the_screen() -> None:
    made = ScriptedSession(facts=replace(host_facts(), plugins_folder=Path("/home/pi/plugins")))

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await choose(screen, "adafruit-circuitpython-bme280")
        assert "writes a driver into /home/pi/plugins" in screen.words
        await screen.press("enter", "y")
        assert screen.line("~ pip fetches adafruit-circuitpython-bme280")
        await screen.publish(TaskProgressed(NOW, "downloading the libraries of bme280", 2.0, 5.0))
        assert screen.line("downloading the libraries of bme280: 2 s of about 5 s")
        await screen.publish(TaskProgressed(NOW, "downloading the libraries of bme280", 0.0, 0.0))
        await screen.publish(HERE)
        assert "+ bme280.py is written into /home/pi/plugins. It uses adafruit_bme280.basic" in screen.words
        assert screen.line("+ It may use i2c:1:0x76.")
        made.known = [plugin_facts("bme280", "i2c:1:0x76")]
        await screen.publish(PluginsChanged(NOW, ("bme280",)))
        await screen.publish(StateChanged(NOW, "bme280", State.LOADING, State.RUNNING, "loaded"))
        assert screen.line("waits for its first reading")
        await screen.publish(ReadingPublished(NOW, "bme280", {"temperature": 22.5}, (BUS,)))
        assert screen.line("+ Its reading, simulated (i2c-1):")
        assert screen.line("temperature", "22.5 °C")

    drive(scenario, made)


def test_a_driver_that_cannot_read_says_why_and_what_it_asks_for_besides() -> None:
    made = ScriptedSession()

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await choose(screen, "adafruit-circuitpython-bme280")
        await screen.press("enter", "y")
        made.known = [plugin_facts("bme280", "i2c:1:0x76")]
        await screen.publish(HERE, PluginsChanged(NOW, ("bme280",)))
        await screen.publish(
            StateChanged(NOW, "bme280", State.LOADING, State.RUNNING, "loaded"),
            AccessDenied(NOW, "bme280", parse_permission("gpio:4:in"), "no", 1),
            ReadingFailed(NOW, "bme280", "0x76 does not [bold]answer[/]"),
        )
        assert "It reports: 0x76 does not [bold]answer[/]" in screen.words
        await screen.press("g")
        assert "Let bme280 use 1 device?" in screen.text

    drive(scenario, made)


def test_why_a_driver_was_not_added_is_said() -> None:
    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await choose(screen, "rpi-bme280")
        await screen.press("enter", "y")
        await screen.publish(DriverAdded(NOW, "bme280", error="no network"))
        assert screen.line("X Not added: no network")

    drive(scenario)


def test_who_has_no_settings_yet_hears_that_copies_are_made_and_where_they_run() -> None:
    facts = replace(
        host_facts(), is_shipped_config=True, writes_copies=True, plugins_folder=Path("/usr/lib/wasi-host/plugins")
    )

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        assert "This host does not run the copies until it is started again there" in screen.words
        assert "/usr/lib" not in screen.text, "nothing is written beside the program"
        await screen.press("enter", "y")
        await screen.publish(DriverAdded(NOW, "bme280", "/home/pi/plugins/bme280.py", (ADDRESS,), is_elsewhere=True))
        assert "start wasi-host in /home/pi" in screen.words

    drive(scenario, ScriptedSession(facts=facts))


def test_the_screen_of_its_own_host_starts_it_again_with_the_copies() -> None:
    elsewhere = DriverAdded(NOW, "bme280", "/home/pi/plugins/bme280.py", (ADDRESS,), is_elsewhere=True)
    facts = replace(host_facts(), is_shipped_config=True, writes_copies=True)
    left: list[NewDriver] = []

    async def before(screen: Screen) -> None:
        screen.app.can_start_again = True
        await find_a_bme280(screen)
        await screen.press("enter", "y")
        await screen.publish(elsewhere)
        assert "Enter starts the host again with your own settings in /home/pi" in screen.words
        await screen.press("enter")
        assert screen.app.wanted_again is not None and screen.app._exit
        left.append(screen.app.wanted_again)

    drive(before, ScriptedSession(facts=facts))

    async def after(screen: Screen) -> None:
        assert screen.line("+ bme280.py is written into /home/pi/plugins.")
        screen.session.known = [plugin_facts("bme280", "i2c:1:0x76")]
        await screen.publish(
            PluginsChanged(NOW, ("bme280",)),
            StateChanged(NOW, "bme280", State.LOADING, State.RUNNING, ""),
            ReadingPublished(NOW, "bme280", {"temperature": 21.5}),
        )
        assert screen.line("temperature", "21.5")

    drive(after, resumed=left[0])


def test_an_empty_driver_gets_a_name_and_opens_in_the_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ScriptedSession()
    opened: list[str] = []

    async def scenario(screen: Screen) -> None:
        monkeypatch.setattr(screen.app, "edit_driver", lambda driver, line=0: opened.append(driver.name))
        await screen.press("n", "end", "enter")
        await screen.type("driver_2")
        await screen.press("enter")
        (wish,) = made.wishes
        assert (wish.kind, wish.name) == (DriverKind.EMPTY, "driver_2")
        await screen.publish(DriverAdded(NOW, "driver_2", "/home/pi/plugins/driver_2.py"))
        assert not opened, "the host has not seen the file yet"
        made.known = [plugin_facts("driver_2")]
        await screen.publish(PluginsChanged(NOW, ("driver_2",)))
        assert opened == ["driver_2"]
        await screen.publish(scanned())
        assert len(opened) == 1, "it is opened once"

    drive(scenario, made)


def test_what_the_host_refuses_is_said() -> None:
    made = ScriptedSession(refusal=str(HostError("another driver is being added")))

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await screen.press("enter", "y")
        await screen.until(lambda: "another driver is being added" in screen.text)

    drive(scenario, made)


def test_a_screen_that_only_looks_adds_nothing() -> None:
    made = ScriptedSession()

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        await screen.press("enter")
        await screen.until(lambda: "read-only" in screen.text)

    drive(scenario, made, read_only="This screen is read-only.")
    assert not made.wishes


@pytest.mark.parametrize(
    ("typed", "allowed"), [("Loud", "a plugin's name: a small letter"), ("bme280", "a name that no plugin has yet")]
)
def test_a_name_that_no_new_driver_can_have_stays_to_be_corrected(typed: str, allowed: str) -> None:
    made = ScriptedSession(known=[plugin_facts("bme280")])

    async def scenario(screen: Screen) -> None:
        await screen.press("n", "end", "enter")
        await screen.type(typed)
        await screen.press("enter")
        assert not made.wishes
        assert screen.line(f"Found {typed}, allowed is {allowed}") and screen.line(f"Name of the driver: {typed}")
        await screen.press("home", "delete", "f", "enter")
        assert [wish.name for wish in made.wishes] == [f"f{typed[1:]}"]

    drive(scenario, made)
