"""Drives a simulated SSD1306 in tests, and reads its picture."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.devices.ssd1306 import Picture, Ssd1306Decoder

UPRIGHT = (0x8D, 0x14, 0xA1, 0xC8, 0xAF)
"""Pump on, the usual orientation of a module, display on."""


def command(decoder: Ssd1306Decoder, *code: int) -> None:
    decoder.receive(bytes([0x00, *code]))


def data(decoder: Ssd1306Decoder, payload: bytes) -> None:
    decoder.receive(b"\x40" + payload)


def upright(height: int | None = 64, width: int = 128, clock: VirtualClock | None = None) -> Ssd1306Decoder:
    decoder = Ssd1306Decoder(height, width, clock=clock)
    command(decoder, *UPRIGHT)
    return decoder


def lit_pixels(picture: Picture) -> set[tuple[int, int]]:
    return {(x, y) for y in range(picture.height) for x in range(picture.width) if picture.lit(x, y)}


def memory_in(picture: Picture) -> list[bytes]:
    """The pages behind an upright picture: D0 is a page's top row (figure 8-14)."""
    return [
        bytes(sum(picture.lit(x, page * 8 + bit) << bit for bit in range(8)) for x in range(picture.width))
        for page in range(picture.height // 8)
    ]


def draw_diagonal(decoder: Ssd1306Decoder) -> None:
    """Light column r of each memory row r, and no other pixel."""
    command(decoder, 0x20, 0x00, 0x21, 0, 127, 0x22, 0, 7)
    data(decoder, bytes(1 << column % 8 if column // 8 == page else 0 for page in range(8) for column in range(128)))


def memory_rows_shown(picture: Picture) -> list[int | None]:
    """For each row of the panel, from the top: the memory row of `draw_diagonal` that it shows."""
    shown = []
    for y in range(picture.height):
        columns = [x for x in range(picture.width) if picture.lit(x, y)]
        assert len(columns) <= 1
        shown.append(columns[0] if columns else None)
    return shown
