"""The bus pane (scanner) and the OLED pane."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from hostcore.devices.ssd1306 import Picture, Ssd1306Decoder
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
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.ssd1306_display import UPRIGHT
from tui.raster import Ink, Raster
from tui.terminal import Terminal

SMILE = bytes([0x3C, 0x42, 0x95, 0xA1, 0xA1, 0x95, 0x42, 0x3C])


TO_0X77 = (*["down"] * 6, *["right"] * 15)
"""Keys that move the cursor from its first place to the last address."""


def session(kind: str = "simulated") -> ScriptedSession:
    return ScriptedSession(
        facts=host_facts(kind=kind, started_ns=NOW),
        known=[
            plugin_facts("bme680", "i2c:1:0x77"),
            plugin_facts("greedy", "i2c:1:0x08-0x10"),
            plugin_facts("light", "i2c:1:0x10"),
        ],
    )


def scan(found: dict[int, Presence], bus: str = "i2c-1") -> ScanCompleted:
    probed = tuple(Probed(address, found.get(address, Presence.ABSENT), "") for address in range(0x08, 0x78))
    return ScanCompleted(NOW, bus, "auto", probed, 30_000_000)


def sent(*data: int, address: int = 0x3C, outcome: Outcome = Outcome.OK) -> TransferCompleted:
    return TransferCompleted(NOW, "oled", BusName("i2c-1"), address, (Message(True, bytes(data)),), outcome, "", 1000)


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
        assert "0x08 absent" in screen.text, "no scan moves the cursor"
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


def picture_of(*messages: bytes, height: int = 64) -> Picture:
    decoder = Ssd1306Decoder(height)
    for message in messages:
        decoder.receive(message)
    return decoder.picture()


@pytest.mark.parametrize(
    ("size", "terminal", "ink", "halved"),
    [
        ((120, 40), Terminal(), Ink.BRAILLE, False),
        ((80, 24), Terminal(), Ink.BRAILLE, False),
        ((60, 18), Terminal(), Ink.BRAILLE, True),
        ((80, 24), Terminal(is_console=True), Ink.BLOCKS, True),
        ((80, 24), Terminal(encoding="ascii"), Ink.ASCII, True),
    ],
)
def test_a_display_is_drawn_as_large_as_fits(size: tuple[int, int], terminal: Terminal, ink: Ink, halved: bool) -> None:
    messages = (bytes([0x00, *UPRIGHT]), bytes([0x40, *SMILE, 0xFF, 0xFF]))

    async def scenario(screen: Screen) -> None:
        await screen.press("6")
        assert "No display has been written to yet" in screen.text
        await screen.publish(*(sent(*message) for message in messages))
        if ink is not Ink.BRAILLE:
            await screen.press("m")  # its small text is only readable dot for dot, which comes first
        picture = picture_of(*messages)
        raster = Raster(128, [int.from_bytes(row) for row in picture.rows])
        expected = (raster.halved() if halved else raster).lines(ink)
        assert expected[0].strip()
        start = next(place for place, line in enumerate(screen.lines) if expected[0] in line)
        shown = screen.lines[start : start + len(expected)]
        visible = [line for line, wanted in zip(shown, expected, strict=False) if wanted in line]
        assert len(visible) >= min(len(expected), size[1] - 8)
        assert "i2c-1 0x3c, on, contrast 127" in screen.text

    drive(scenario, session(), size, terminal)


def test_the_displays_registers_and_several_displays() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("6")
        await screen.publish(sent(0x00, *UPRIGHT, 0xA7, 0x81, 0x10))
        assert "on, inverted, contrast 16" in screen.text
        await screen.publish(sent(0x00, 0xAE))
        assert "OFF" in screen.text
        await screen.publish(sent(0x00, 0xA8, 31, *UPRIGHT, address=0x3D))
        assert "display 1 of 2" in screen.text
        await screen.press("d")
        assert "i2c-1 0x3d, on" in screen.text and "display 2 of 2" in screen.text

    drive(scenario, session())


def test_dot_for_dot_the_part_in_sight_is_moved_with_the_arrows() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("6")
        await screen.publish(sent(0x00, *UPRIGHT), sent(0x40, *SMILE, *bytes(112), *[0xFF] * 8))
        await screen.press("m", "m")
        assert "half blocks, arrows move it" in screen.text
        assert "████████" not in screen.text
        await screen.press(*["right"] * 10)
        assert "████████" in screen.text
        await screen.press(*["left"] * 10)
        assert "████████" not in screen.text
        await screen.press("m")
        assert "half blocks" not in screen.text

    drive(scenario, session())


def test_on_the_linux_console_small_text_is_readable_dot_for_dot_and_a_key_shows_the_whole() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("6")
        await screen.publish(sent(0x00, *UPRIGHT), sent(0x40, *SMILE))
        assert "half blocks, arrows move it" in screen.text
        await screen.press("m")
        assert "half blocks" not in screen.text

    drive(scenario, session(), terminal=Terminal(is_console=True))


def test_the_picture_is_saved_as_png(tmp_path: Path) -> None:
    file = tmp_path / "oled.png"
    messages = (bytes([0x00, *UPRIGHT]), bytes([0x40, *SMILE]))

    async def scenario(screen: Screen) -> None:
        await screen.press("6")
        await screen.publish(*(sent(*message) for message in messages))
        await screen.press("w")
        screen.app.screen.query_one("Prompt Input").value = str(file)  # type: ignore[attr-defined]
        await screen.press("enter")
        await screen.until(file.exists)

    drive(scenario, session())
    width, height, rows = read_png(file.read_bytes())
    picture = picture_of(*messages)
    assert (width, height) == (128 * 4, 64 * 4)
    assert all(
        rows[4 * y + 1] >> (width - 1 - 4 * x - 2) & 1 == picture.lit(x, y) for x in range(128) for y in range(64)
    )


def read_png(data: bytes) -> tuple[int, int, list[int]]:
    """Width, height and rows of a PNG with one bit a pixel and no filters."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        chunks[kind] = data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        assert checksum == zlib.crc32(kind + chunks[kind])
        place += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (1, 0)
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + -(-width // 8)
    assert len(raw) == stride * height and not any(raw[::stride])
    return width, height, [int.from_bytes(raw[start + 1 : start + stride]) for start in range(0, len(raw), stride)]
