"""The bus pane draws what displays show."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from hostcore.devices.ssd1306 import Picture, Ssd1306Decoder
from tests.bus_pane import sent, session
from tests.screen import Screen, drive
from tests.ssd1306_display import UPRIGHT
from tui.raster import Ink, Raster
from tui.terminal import Terminal

SMILE = bytes([0x3C, 0x42, 0x95, 0xA1, 0xA1, 0x95, 0x42, 0x3C])


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
        assert "No picture of a display has come yet" in screen.text
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
