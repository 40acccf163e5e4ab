"""Which drivers the screen offers for the chips that the scan found."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hostcore.events import (
    Presence,
    Probed,
)
from hostcore.place import BusKind
from tests.new_driver import choose, find_a_bme280, identified, scanned
from tests.screen import Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts


def test_the_chips_that_the_scan_found_are_listed_with_their_drivers() -> None:
    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        assert screen.line("0x76 i2c-1", "BME280", "adafruit-circuitpython-bme280 2.", "reads in trial")
        assert screen.line("rpi-bme280")
        assert screen.line("An empty driver", "opens in your editor")

    drive(scenario, size=(120, 40))


def test_this_projects_own_driver_comes_first_and_what_does_not_work_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x3C), identified(0x3C, "SSD1306"))
        await screen.press("n")
        assert "oled, this project's own" in screen.lines[1]
        assert screen.line("luma-oled", "does not work")

    drive(scenario, size=(120, 40))


def test_a_chip_that_only_its_address_speaks_for_has_a_question_mark() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x76))
        await screen.press("n")
        assert any(re.search(r"0x76 i2c-1 +\w+\? ", line) for line in screen.lines)
        assert "Only its address says that it could be" in screen.words

    drive(scenario, size=(120, 40))


def test_the_chip_itself_is_asked_with_one_key_and_the_list_follows() -> None:
    made = ScriptedSession()

    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x76))
        await screen.press("n", "i")
        assert made.identified == [(1, 0x76)], "this bus is simulated, so nobody is asked first"
        await screen.publish(identified(0x76, "BMP280"))
        assert "BMP280" in screen.lines[1]
        assert "?" not in screen.lines[1]

    drive(scenario, made)


def test_two_names_of_one_chip_file_list_its_drivers_once() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scanned(0x76), identified(0x76, "BME680", "BME688"))
        await screen.press("n")
        assert screen.line("adafruit-circuitpython-bme680"), "BME688 is the other name in the file of the BME680"
        assert "it is BME680 or BME688" in screen.words

    drive(scenario, size=(120, 40))


def test_the_cursor_is_on_the_first_chip_even_if_the_list_was_there_before_the_scan_and_stays_on_its_address() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("n")
        await screen.publish(scanned(0x48, 0x76))
        assert "0x48 on i2c-1 answered" in screen.words
        await choose(screen, "0x76 i2c-1")
        await screen.publish(identified(0x76, "BMP280"))
        assert "it is BMP280" in screen.words, "known chips stand first now, and the cursor went along"

    drive(scenario, size=(120, 40))


def test_a_chip_that_a_driver_of_the_kernel_has_is_not_offered_because_no_plugin_could_use_it() -> None:
    kernels = Probed(0x68, Presence.KERNEL, "rtc-ds1307")

    async def scenario(screen: Screen) -> None:
        await screen.publish(replace(scanned(0x76), probed=(kernels, Probed(0x76, Presence.PRESENT, ""))))
        await screen.press("n")
        assert "0x76 i2c-1" in screen.text
        assert "0x68" not in screen.text

    drive(scenario, size=(120, 40))


def test_in_a_clone_the_driver_goes_into_its_own_plugins_folder() -> None:
    facts = replace(
        host_facts(is_shipped_config=True), writes_copies=False, plugins_folder=Path("/home/pi/clone/plugins")
    )

    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        assert "writes a driver into /home/pi/clone/plugins" in screen.words
        assert "copies" not in screen.words

    drive(scenario, ScriptedSession(facts=facts), size=(120, 40))


def test_a_bus_that_was_not_scanned_is_said() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("n")
        assert "Not scanned yet: i2c-1" in screen.words
        buses = [each.name for each in screen.app.view.facts.buses if each.name.kind is BusKind.I2C]
        await screen.publish(*(scanned(bus=each) for each in buses))
        assert "found no chip that has a chip file" in screen.words

    drive(scenario)


def test_a_row_names_the_plugin_that_has_the_address_already() -> None:
    async def scenario(screen: Screen) -> None:
        await find_a_bme280(screen)
        assert all("used by air" in line for line in screen.lines if "0x76 i2c-1" in line)

    drive(scenario, ScriptedSession(known=[plugin_facts("air", "i2c:1:0x76")]))
