"""Stuck buses, failing addresses and a weak supply on the screen: nobody takes them for a host that does well."""

from __future__ import annotations

from datetime import datetime

import pytest

from hostcore.events import (
    BusHealthMeasured,
    Counters,
    CountersTaken,
    MachineMeasured,
    Message,
    Outcome,
    Presence,
    Probed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.ssd1306_display import UPRIGHT

I2C_1, I2C_3 = BusName("i2c-1"), BusName("i2c-3")
PLUGINS = {"aht20": "i2c:3:0x38", "bme680": "i2c:1:0x76", "light": "i2c:1:0x23", "oled": "i2c:1:0x3c:write"}
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), pytest.param((200, 60), marks=pytest.mark.thorough)])
STUCK = BusHealthMeasured(NOW + 60 * S, I2C_1, 100_000, 97_000, sda=False, scl=True)
FREE = BusHealthMeasured(NOW + 90 * S, I2C_1, 100_000, 97_000, sda=True, scl=True)
SINCE = datetime.fromtimestamp(NOW / S + 60).strftime("%H:%M:%S")


def session() -> ScriptedSession:
    return ScriptedSession(
        facts=host_facts(started_ns=NOW), known=[plugin_facts(name, grant) for name, grant in PLUGINS.items()]
    )


async def run_all(screen: Screen) -> None:
    await screen.publish(*(StateChanged(NOW, name, State.LOADING, State.RUNNING, "loaded") for name in PLUGINS))


def transfer(second: int, outcome: Outcome, *, address: int = 0x76, sent: bytes = b"") -> TransferCompleted:
    messages = (Message(True, sent),) if sent else ()
    detail = "" if outcome is Outcome.OK else "no device acknowledged"
    return TransferCompleted(NOW + second * S, "bme680", I2C_1, address, messages, outcome, detail, 1000)


@SIZES
def test_every_plugin_on_a_stuck_bus_looks_stuck_and_the_others_do_not(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        assert "4 running" in screen.lines[0]
        await screen.publish(STUCK)
        assert "3 BUS STUCK, 1 running" in screen.lines[0]
        assert "i2c-1 SDA LOW" in screen.lines[0]
        await screen.press("2")
        rows = [line for line in screen.lines if "BUS STUCK" in line and "i2c-1" in line]
        assert [name for name in PLUGINS if any(name in row for row in rows)] == ["bme680", "light", "oled"]
        assert any("aht20" in line and "running" in line for line in screen.lines)
        await screen.publish(FREE)
        assert "STUCK" not in screen.text and "LOW" not in screen.text

    drive(scenario, session(), size)


def test_where_one_pane_is_shown_the_strip_puts_the_stuck_plugins_first() -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        await screen.publish(STUCK)
        strip = screen.line("+ aht20")
        assert strip.index("! bme680") < strip.index("! light") < strip.index("! oled") < strip.index("+ aht20")

    drive(scenario, session(), (80, 24))


def test_the_sheet_of_a_plugin_names_its_stuck_bus() -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        await screen.publish(STUCK)
        await screen.press("2", "down", "enter")
        assert f"i2c-1: SDA LOW since {SINCE}" in screen.text

    drive(scenario, session(), (80, 24))


@SIZES
def test_an_address_that_fails_more_and_more_is_in_the_header(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        await screen.publish(*(transfer(second, Outcome.OK) for second in range(200)))
        assert "fail" not in screen.lines[0]
        failing = Outcome.NO_ACKNOWLEDGE
        await screen.publish(*(transfer(200 + s, Outcome.OK if s % 4 else failing) for s in range(60)))
        await screen.wait(260)
        assert "i2c-1 0x76 25 % fail, rising" in screen.lines[0]

    drive(scenario, session(), size)


@SIZES
def test_a_weak_supply_is_in_the_header(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(MachineMeasured(NOW, undervoltage=True, was_undervoltage=True))
        assert "UNDERVOLTAGE" in screen.lines[0]
        await screen.publish(MachineMeasured(NOW, undervoltage=False, was_undervoltage=True))
        assert "was undervoltage" in screen.lines[0]

    drive(scenario, session(), size)


def test_if_much_is_wrong_a_narrow_header_has_the_worst_and_counts_the_rest() -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        await screen.publish(
            MachineMeasured(NOW, undervoltage=True, was_undervoltage=True),
            STUCK,
            BusHealthMeasured(NOW, I2C_3, sda=True, scl=False),
        )
        assert "UNDERVOLTAGE +2" in screen.lines[0]

    drive(scenario, session(), (60, 18))


def test_a_wide_header_shows_the_clocks_that_are_set_and_measured() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FREE, BusHealthMeasured(NOW, I2C_3, 400_000))
        assert "i2c-1 97 of 100 kHz, i2c-3 400 kHz" in screen.lines[0]

    drive(scenario, session(), (200, 60))


def test_the_picture_of_a_display_on_a_stuck_bus_is_old() -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        await screen.publish(
            *(transfer(0, Outcome.OK, address=0x3C, sent=b"\x00" + bytes([each])) for each in UPRIGHT),
            transfer(1, Outcome.OK, address=0x3C, sent=b"\x00\xaf"),
        )
        await screen.press("6")
        assert "0x3c, on," in screen.text
        await screen.publish(STUCK)
        written = datetime.fromtimestamp(NOW / S + 1).strftime("%H:%M:%S")
        assert f"0x3c, picture of {written}, bus stuck" in screen.text

    drive(scenario, session(), (80, 24))


@SIZES
def test_the_last_scan_of_a_stuck_bus_does_not_look_alive(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        found = (0x23, 0x76)
        presences = {each: Presence.PRESENT if each in found else Presence.ABSENT for each in range(0x08, 0x78)}
        probed = tuple(Probed(each, presence, "") for each, presence in presences.items())
        await screen.publish(ScanCompleted(NOW, I2C_1, ScanMode.AUTO, probed, S))
        await screen.press("5")
        assert " 23 " in screen.text and "?" not in screen.line("20:")
        await screen.publish(STUCK)
        assert "?23 " in screen.line("20:") and "?76 " in screen.line("70:")
        assert screen.line("SDA LOW, scan: 2 devices")
        await screen.publish(FREE)
        assert " 23 " in screen.line("20:")

    drive(scenario, session(), size)


@SIZES
def test_readings_over_a_stuck_bus_do_not_look_fresh(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        before = ReadingPublished(NOW, "bme680", {"temperature": 21.0})
        zero = ReadingPublished(NOW + 61 * S, "light", {"lux": 0.0})
        await screen.wait(61)
        await screen.publish(before, STUCK, zero)
        assert screen.line("lux", " 0 lx", " ?") and screen.line("temperature", " 21 °C", " 1m")
        assert "BUS STUCK" in screen.line("- light")
        await screen.publish(ReadingPublished(NOW + 61 * S, "light", {"lux": 0.0}, (I2C_1,)))
        assert "SIM. STUCK" in screen.line("- light")
        await screen.publish(FREE)
        assert "STUCK" not in screen.line("- light")

    drive(scenario, session(), size)


@pytest.mark.parametrize("width", [80, 120])
def test_each_kind_of_trouble_has_its_word_in_the_header_before_buses_and_uptime(width: int) -> None:
    async def scenario(screen: Screen) -> None:
        await run_all(screen)
        counters = Counters(calls=70, errors=68, errors_in_a_row=68)
        crashed = StateChanged(NOW, "light", State.RUNNING, State.BACKOFF, "KeyError")
        await screen.publish(crashed, CountersTaken(NOW, "aht20", counters))
        assert "1 BACKOFF, 1 FAILING, 2 running" in screen.lines[0]

    drive(scenario, session(), (width, 40))


def test_the_bus_pane_says_how_its_bus_was_in_the_last_minute() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        assert "last minute" not in screen.text
        await screen.publish(FREE, transfer(90, Outcome.OK))
        await screen.wait(91)
        assert screen.line("i2c-1: no transfer failed in the last minute; SDA and SCL high")
        await screen.publish(transfer(91, Outcome.NO_ACKNOWLEDGE))
        assert screen.line("i2c-1: 1 of 2 transfers failed, most at 0x76, in the last minute")
        await screen.wait(600)
        assert screen.line("i2c-1: no transfers in the last minute")
        await screen.publish(STUCK)
        assert screen.line(f"i2c-1: SDA LOW since {SINCE}")

    drive(scenario, session())
