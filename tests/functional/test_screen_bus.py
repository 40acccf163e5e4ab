"""The bus pane (scanner) and the OLED pane."""

from __future__ import annotations

import pytest

from hostcore.events import (
    ChipIdentified,
    Confidence,
    Finding,
    FindingRaised,
    Message,
    Outcome,
    Presence,
    Probed,
    ScanCompleted,
    ScanFailed,
    ScanProgressed,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from tests.bus_pane import session
from tests.screen import NOW, Screen, drive

TO_0X77 = (*["down"] * 6, *["right"] * 15)
"""Keys that move the cursor from its first place to the last address."""


def scan(found: dict[int, Presence], bus: str = "i2c-1") -> ScanCompleted:
    probed = tuple(Probed(address, found.get(address, Presence.ABSENT), "") for address in range(0x08, 0x78))
    return ScanCompleted(NOW, bus, "auto", probed, 30_000_000)


def test_the_grid_is_that_of_i2cdetect_and_tells_what_changed() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        await screen.publish(scan({0x77: Presence.PRESENT, 0x68: Presence.KERNEL, 0x23: Presence.PRESENT}))
        assert "70:  -- -- -- -- -- -- -- 77" in screen.text
        assert screen.line("60:", " UU ")
        assert "i2c-1, simulated: 3 devices" in screen.text
        await screen.publish(scan({0x77: Presence.PRESENT, 0x29: Presence.GHOST, 0x40: Presence.FAULT}))
        assert screen.line("60:", " x- ")
        assert "x- -- -- -- -- --+??" in screen.line("20:")
        assert screen.line("40:", "!!")

    drive(scenario, session())


def test_the_mark_of_a_finding_stands_at_its_address_and_not_at_the_row() -> None:
    async def scenario(screen: Screen) -> None:
        silent = Finding(
            "no-answer", "Nothing answers.", "Check it.", Confidence.CERTAIN, bus=BusName("i2c-1"), address=0x40
        )
        await screen.press("5")
        await screen.publish(scan({}), FindingRaised(NOW, silent, NOW))
        assert "40: !-- " in screen.line("40:")

    drive(scenario, session())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_answered_is_listed_with_its_chip_and_who_may_use_it(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "z")
        await screen.publish(
            scan({0x77: Presence.PRESENT, 0x50: Presence.PRESENT, 0x68: Presence.KERNEL}),
            ChipIdentified(NOW, BusName("i2c-1"), 0x77, ("BME680",), "register 0xd0 reads 0x61"),
        )
        assert screen.line("0x77  BME680", "bme680")
        assert screen.line("0x50  ? ", "no plugin")
        assert screen.line("0x68  ? ", "the kernel")

    drive(scenario, session(), size)


def test_a_bus_is_being_scanned_until_its_own_result_is_there() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scan({0x77: Presence.PRESENT}), scan({}, "i2c-3"))
        await screen.press("5", "s", "b")
        assert "i2c-3, simulated: 0 devices" in screen.text
        await screen.press("b")
        assert "i2c-1, simulated: scanning ..." in screen.text, "a look at another bus ends nothing"
        await screen.publish(scan({}, "i2c-3"))
        assert "i2c-1, simulated: scanning ..." in screen.text
        await screen.press("b")
        await screen.publish(scan({}))
        await screen.press("b")
        assert "i2c-1, simulated: 0 devices" in screen.text

    drive(scenario, session())


def test_a_scan_under_way_tells_how_far_it_is() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "s")
        await screen.publish(ScanProgressed(NOW, BusName("i2c-1"), 0x48, 188, 336))
        assert "i2c-1, simulated: scanning ... 0x48, 56%" in screen.text
        await screen.publish(scan({0x77: Presence.PRESENT}))
        assert "i2c-1, simulated: 1 device" in screen.text

    drive(scenario, session())


@pytest.mark.parametrize("typed", ["5d", "0x5D"])
def test_an_address_is_reached_by_its_digits(typed: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scan({0x5D: Presence.PRESENT}))
        await screen.press("5", "slash", *typed, "enter")
        assert "0x5d present" in screen.text

    drive(scenario, session())


def test_what_is_no_address_is_told_and_the_cursor_stays() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scan({}))
        await screen.press("5")
        for typed in ("78", "zz", "-1", "1" * 400):
            await screen.press("slash")
            await screen.paste(typed)
            assert "an address from 0x08 to 0x77" not in " ".join(screen.text.split())
            await screen.press("enter")
            assert "an address from 0x08 to 0x77" in " ".join(screen.text.split()), typed
            await screen.press("escape")
            assert "0x08 absent" in screen.text, typed

    drive(scenario, session())


def test_an_address_is_reached_from_every_pane_on_the_line() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scan({0x5D: Presence.PRESENT}))
        await screen.press("colon")
        await screen.paste("address 5d")
        await screen.press("enter")
        assert "[5 Bus]" in screen.text
        assert "0x5d present" in screen.text

    drive(scenario, session())


def test_a_scan_that_fails_is_told_and_the_next_one_is_a_new_one() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(scan({0x77: Presence.PRESENT}))
        await screen.press("5", "s")
        await screen.publish(ScanFailed(NOW, BusName("i2c-1"), "/dev/i2c-1 is gone"))
        assert "i2c-1, simulated: the scan failed" in screen.text
        assert "the scan failed: /dev/i2c-1 is gone" in screen.text
        assert "70:  -- -- -- -- -- -- -- 77" in screen.text, "what was found before is still there"
        await screen.press("s")
        assert "i2c-1, simulated: scanning ..." in screen.text
        await screen.publish(scan({}))
        assert "i2c-1, simulated: 0 devices" in screen.text

    drive(scenario, session())


def test_the_cursor_tells_whose_an_address_is_what_it_could_be_and_what_was_read() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        await screen.publish(
            scan({0x77: Presence.PRESENT}),
            TransferCompleted(
                NOW,
                "bme680",
                BusName("i2c-1"),
                0x77,
                (Message(True, b"\xd0"), Message(False, b"\x61")),
                Outcome.OK,
                "",
                1000,
            ),
        )
        known = (
            "0x77 present, used by bme680",
            "1 transfer, 0 failures",
            "is BME680/BME688: its register id reads 0x61",
            "1 register seen: Enter shows them",
        )
        await screen.press(*TO_0X77)
        for words in known:
            assert words in screen.text
        await screen.press("t")
        assert "[4 Traffic]" in screen.text and "find i2c-1 0x77" in screen.text
        await screen.press("5", *["up"] * 6, "left", "right", *["left"] * 7, "up")
        assert "0x10 absent, CONFLICT: greedy and light may" in screen.text

    drive(scenario, session(), (100, 30))


def test_a_simulated_bus_is_scanned_at_a_key() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("5", "s")
        assert made.scans == [(1, ScanMode.AUTO)]
        assert "i2c-1, simulated: scanning ..." in screen.text
        await screen.publish(scan({}))
        assert "i2c-1, simulated: 0 devices" in screen.text
        await screen.press("m", "b", "s")
        assert made.scans[1:] == [(3, ScanMode.QUICK)]
        made.refusal = "a scan of i2c-3 is under way"
        await screen.press("s")
        await screen.until(lambda: made.refusal in screen.text)

    drive(scenario, made)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
def test_real_hardware_is_scanned_only_after_a_yes_and_the_mode_is_explained(size: tuple[int, int]) -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        for mode, words in ((ScanMode.AUTO, "as i2cdetect"), (ScanMode.QUICK, "AT24RF08"), (ScanMode.READ, "lock up")):
            await screen.press("s")
            assert f"Scan i2c-1 of this machine? {mode}"[:27] in screen.text
            assert words in screen.text
            await screen.press("enter")
            assert not made.scans
            await screen.press("m")
        await screen.press("s", "y")
        assert made.scans == [(1, ScanMode.AUTO)]

    drive(scenario, made, size)


def test_the_chip_under_the_cursor_is_identified_where_a_person_asks() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        await screen.publish(scan({0x77: Presence.PRESENT}))
        assert not made.identified
        await screen.press(*TO_0X77, "i")
        assert made.identified == [(1, 0x77)]
        await screen.publish(ChipIdentified(NOW, BusName("i2c-1"), 0x77, ("BME680",), "0xd0 reads 61"))
        assert "is BME680: 0xd0 reads 61" in screen.text and "could be" not in screen.text
        await screen.publish(ChipIdentified(NOW, BusName("i2c-1"), 0x77, (), "0xd0 reads 00"))
        assert "not identified: 0xd0 reads 00" in screen.text
        assert "MS5611" in screen.text and "BME280" not in screen.text, "it has no register that would have told"

    drive(scenario, made)


def test_on_real_hardware_a_chip_is_identified_only_after_a_yes() -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.press("5", "i")
        assert "Identify the chip at 0x08 of i2c-1?" in screen.text and "its outputs" in screen.text
        await screen.press("enter")
        assert not made.identified
        await screen.press("i", "y")
        assert made.identified == [(1, 0x08)]

    drive(scenario, made)


def test_simulated_buses_are_scanned_once_by_themselves_and_real_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.scanner.pane.FIRST_SCAN", 0.01)
    simulated, real = session(), session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: len(simulated.scans) == 2)

    async def other(screen: Screen) -> None:
        await screen.pilot.pause(0.1)

    drive(scenario, simulated)
    drive(other, real)
    assert [bus for bus, _ in simulated.scans] == [1, 3]
    assert not real.scans


def test_the_cursor_begins_on_the_first_device() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5")
        await screen.publish(scan({0x3C: Presence.PRESENT, 0x23: Presence.PRESENT}))
        assert screen.line("0x23 present")
        await screen.publish(scan({0x10: Presence.PRESENT, 0x23: Presence.PRESENT}))
        assert screen.line("0x23 present"), "no key acts on another address just because one appeared"

    drive(scenario, session())


def test_the_cursor_stays_where_a_person_put_it_before_the_first_scan() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("5", "right")
        await screen.publish(scan({0x23: Presence.PRESENT}))
        assert screen.line("0x09 absent")

    drive(scenario, session())
