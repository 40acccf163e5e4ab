"""The traffic pane, the sheet of a transfer, the transfers behind a reading, and the registers of an address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.events import (
    Message,
    Outcome,
    Presence,
    Probed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from hostcore.view.traffic import SeenTransfer
from tests.screen import NOW, Screen, drive
from tests.traffic import FORCED, IDENTITY, MS, SLEEP, read, session, transfer, wrote


@pytest.mark.parametrize("size", [(80, 24), (118, 40)])
def test_every_transfer_is_one_row_in_the_words_of_its_chip(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(IDENTITY, SLEEP, FORCED)
        assert "BME680 R id=0x61" in screen.line("0x61")
        row = screen.line("was")
        for words in ("+9.69 ms", "bme680", "i2c-1 0x77", "BME680 W ctrl_meas: mode forced (was sleep)"):
            assert words in row, "no row is cut off before its change"

    drive(scenario, session(), size)


def test_a_failure_comes_before_the_words_and_bytes_without_a_chip_are_shown_as_they_are() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(
            transfer(address=0x23, outcome=Outcome.NO_ACKNOWLEDGE, plugin="light"),
            TransferCompleted(
                NOW, "light", BusName("uart-serial0"), None, (Message(True, b"Hello\n"),), Outcome.OK, "", 5_000_000
            ),
        )
        assert "NO-ACKNOWLEDGE W nobody answered" in screen.line("0x23")
        assert r'W "Hello\n" 48 65' in screen.line("uart-seri")

    drive(scenario, session())


def test_transfers_are_chosen_by_address_plugin_outcome_and_register() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(FORCED, transfer(address=0x23, outcome=Outcome.NO_ACKNOWLEDGE, plugin="light", at_ms=30))
        await screen.press("x")
        assert "0x77" not in screen.text and "0x23" in screen.text and "errors only" in screen.text
        await screen.press("x", "slash")
        await screen.type("0x77")
        assert "i2c-1 0x77" in screen.text and "i2c-1 0x23" not in screen.text
        await screen.press("enter", "escape", "p")
        assert "i2c-1 0x77" in screen.text and "i2c-1 0x23" not in screen.text
        await screen.press("escape", "slash")
        await screen.type("mode forced")
        assert "i2c-1 0x77" in screen.text and "i2c-1 0x23" not in screen.text

    drive(scenario, session())


def test_a_filter_decodes_each_of_many_transfers_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[SeenTransfer] = []

    def counting(item: SeenTransfer) -> str:
        decoded.append(item)
        return "words"

    monkeypatch.setattr("tui.traffic.pane.words_of", counting)

    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(*(transfer(wrote("7425"), at_ms=number) for number in range(300)))
        await screen.press("slash")
        await screen.type("words")
        assert len(decoded) == 300
        await screen.press("escape", "escape")
        assert not decoded[300:]

    drive(scenario, session())


def test_transfers_stand_in_the_order_in_which_they_began() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(replace(SLEEP, bus=BusName("i2c-3")), IDENTITY)
        rows = [line for line in screen.lines if " bme680 " in line and "0x77" in line]
        assert ["i2c-1" in row for row in rows] == [True, False]

    drive(scenario, session())


def test_the_time_of_the_row_under_the_cursor_stands_in_the_corner() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("4")
        await screen.publish(IDENTITY, SLEEP)
        assert ":00.010" in screen.lines[-2]
        await screen.press("up")
        assert ":00.000" in screen.lines[-2]

    drive(scenario, session())


def test_enter_on_a_reading_shows_the_transfers_that_it_came_from() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY, ReadingPublished(NOW + 5 * MS, "bme680", {"temperature": 21.5, "ok": True}))
        await screen.publish(
            SLEEP, FORCED, ReadingPublished(NOW + 25 * MS, "bme680", {"temperature": 21.5, "ok": True})
        )
        await screen.press("1", "down", "enter")
        assert "temperature" in screen.text, "its graph stands above"
        assert "Transfers of the last reading of bme680, just now" in screen.text
        assert "mode forced (was sleep)" in screen.text and "id=0x61" not in screen.text
        await screen.press("down", "enter")
        assert "ctrl_meas = 0x25 (was 0x24)" in screen.text
        await screen.press("escape", "escape", "down", "enter")
        assert "mode forced (was sleep)" in screen.text and "least" not in screen.text, "it is no number"
        await screen.publish(transfer(at_ms=30, outcome=Outcome.NO_ACKNOWLEDGE))
        await screen.publish(ReadingFailed(NOW + 40 * MS, "bme680", "no answer"))
        assert "NO-ACKNOWLEDGE" in screen.text and "ctrl_meas" not in screen.text
        await screen.press("escape", "home", "t")
        assert "NO-ACKNOWLEDGE" in screen.text, "a driver's heading has them too"

    drive(scenario, session())


def test_enter_on_an_address_shows_its_registers_as_last_seen() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY, SLEEP, FORCED)
        await screen.wait(8)
        await screen.press("5", *["right"] * 15, *["down"] * 6, "enter")
        assert "i2c-1 0x77, registers as last seen" in screen.text
        assert "is BME680" in screen.text
        row = screen.line("ctrl_meas")
        for words in ("0x74 ctrl_meas", "0x25", " W ", " 7s", "bme680 line 5", "osrs_t 1x"):
            assert words in row
        assert "0xd0 id" in screen.line("0x61")
        await screen.press("enter")
        assert screen.line("0x25 ") and screen.line("mode = 1 forced")
        assert "written by bme680 line 5 at" in screen.text
        assert screen.line(">    5      i2c.write(0x77")

    drive(scenario, session(), (80, 40))


def test_an_address_at_which_nothing_answered_has_neither_registers_nor_a_chip() -> None:
    async def scenario(screen: Screen) -> None:
        probed = (Probed(0x08, Presence.ABSENT, ""), Probed(0x77, Presence.PRESENT, ""))
        await screen.publish(ScanCompleted(NOW, BusName("i2c-1"), ScanMode.AUTO, probed, 1))
        await screen.press("5", "home", "enter")
        assert "Nothing answered here in the last scan" in screen.text
        assert "could be" not in screen.text

    drive(scenario, session())


def test_registers_of_a_chip_without_a_file_are_marked_as_a_guess() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "right", "enter")
        assert "No register was read or written" in screen.text
        await screen.press("escape")
        await screen.publish(transfer(wrote("10"), read("aa"), address=0x09, plugin="light"))
        await screen.press("enter")
        assert "0x10 ?" in screen.line("0xaa")
        assert "is taken for a register's number" in screen.text

    drive(scenario, session(), (100, 24))
