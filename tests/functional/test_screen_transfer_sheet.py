"""The sheet of a transfer, and the ways that lead to it."""

from __future__ import annotations

from dataclasses import replace

from hostcore.backends.base import Edge
from hostcore.events import (
    Message,
    Outcome,
    PluginReloaded,
    TransferCompleted,
)
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.traffic import FORCED, IDENTITY, LIBRARY, MS, SLEEP, session, transfer


def test_the_sheet_tells_what_each_byte_means_and_which_line_caused_it() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(IDENTITY, SLEEP, FORCED)
        await screen.press("enter")
        assert "9.69 ms after the transfer before on i2c-1" in screen.text
        assert screen.line("the chip is BME680", "its register id reads 0x61")
        assert screen.line("74", "register ctrl_meas, number 0x74")
        assert screen.line("25", "ctrl_meas = 0x25 (was 0x24)")
        assert screen.line("mode = 1 forced (was 0 sleep)")
        assert screen.line("P, stop")
        assert "from the driver: bme680.py line 5" in screen.text
        assert screen.line(">    5      i2c.write(0x77")
        assert screen.line("2  ") and screen.line("8  ") and "wake(0x25)" not in screen.text

    drive(scenario, session(), (80, 40))


def test_the_sheet_shows_the_line_of_the_library_too() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(replace(FORCED, library=LIBRARY))
        await screen.press("enter")
        assert "from the library that it called: adafruit_bme680-3.7.9/adafruit_bme680.py line 2" in screen.text
        assert screen.line(">    2      i2c.writeto()")

    drive(scenario, session(), (100, 50))


def test_the_sheet_says_if_the_line_cannot_be_shown_or_may_be_another() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FORCED, PluginReloaded(NOW + 50 * MS, "bme680", "0123456789ab"))
        await screen.press("enter")
        assert "The driver was loaded again since: this may be another line." in screen.text
        made.sources.clear()
        await screen.press("escape", "enter")
        assert "there is no source of bme680" in screen.text

    drive(scenario, made, (80, 40))


def test_the_source_of_a_plugin_cannot_act_on_the_terminal() -> None:
    made = session()
    made.sources["bme680", ""] = "1\n2\n3\n4\nx = '\x1b[2J'  # [bold]\n"

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FORCED)
        await screen.press("enter")
        assert r"x = '\x1b[2J'  # [bold]" in screen.text
        assert "\x1b" not in screen.text

    drive(scenario, made, (80, 40))


def test_the_sheet_has_all_bytes() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        data = transfer(Message(True, b"Hello"), Message(False, bytes(range(40))), address=0x09)
        await screen.publish(replace(data, waited_ns=MS))
        await screen.press("enter")
        assert "after waiting 1.00 ms" in screen.text
        assert "16 bits: 1, little endian 256" in screen.text, "no chip file is for 0x09"
        assert screen.line("0020", "20 21 22 23 24 25 26 27")
        assert "48 65 6c 6c 6f" in screen.line("0000", "Hello")

    drive(scenario, session(), (80, 50))


def test_a_capture_is_shown_as_bars_with_the_bits_of_a_dht_sensor() -> None:
    widths = [80, 80]
    for byte in (0x02, 0x8C, 0x01, 0x5F, 0xEE):
        for bit in f"{byte:08b}":
            widths += [50, 70 if bit == "1" else 26]
    edges, time_ns, rising = [], 0, False
    for width in [*widths, 50]:
        edges.append(Edge(time_ns, rising))
        time_ns, rising = time_ns + width * 1000, not rising
    capture = TransferCompleted(
        NOW, "dht22", BusName("gpio"), 4, (), Outcome.OK, "", 5 * MS, sequence=1, edges=tuple(edges)
    )

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(capture)
        assert "DHT 02 8c 01 5f ee sum ok 82 pulses" in screen.line("gpio 4")
        await screen.press("enter")
        assert "the 40 bits of a DHT sensor: 02 8c 01 5f ee, sum ok" in screen.text
        assert screen.line("   2  high  80.0 µs  ########################")

    drive(scenario, session(), (80, 24))
