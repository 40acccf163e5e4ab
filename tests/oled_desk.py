"""A bench with a display and the plugin that draws on it, and a reader for the display's pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.devices.ssd1306 import Picture, Ssd1306
from tests.plain_python import PlainPlugin
from tests.workbench import Workbench


class Desk:
    """A bench with a display and the plugin that draws on it."""

    def __init__(self, height: int = 64, **options: Any) -> None:
        self.bench = Workbench()
        self.height = height
        self.plug_in()
        self.plugin: PlainPlugin = self.bench.plugin("oled", height=height, **options)
        self.glyphs: dict[str, bytes] = self.plugin.namespace["GLYPHS"]

    def plug_in(self) -> None:
        self.display = Ssd1306(self.bench.clock, self.bench.environment, height=self.height)
        self.bench.i2c[0x3C] = self.display

    def show(self, readings: Mapping[str, Any]) -> Picture:
        self.plugin.update({"timestamp": "2024-01-01T12:00:00Z", **readings})
        return self.display.decoder.picture()

    def next_card(self, readings: Mapping[str, Any]) -> Picture:
        self.bench.clock.advance(4.0)
        return self.show(readings)

    def finds(self, text: str, *, large: bool = False, inverted: bool = False) -> bool:
        """Whether the picture contains `text`, pixel by pixel, with nothing between its characters."""
        enlarge = self.plugin.namespace["enlarge"]
        gap, rows = ([0, 0], 16) if large else ([0], 8)
        wanted: list[int] = []
        for character in text:
            glyph = self.glyphs[character]
            wanted += [*(enlarge(glyph) if large else glyph), *gap]
        del wanted[-len(gap) :]
        flip = (1 << rows) - 1 if inverted else 0
        columns = columns_of(self.display.decoder.picture())
        return any(
            [column >> y & (1 << rows) - 1 ^ flip for column in columns[x : x + len(wanted)]] == wanted
            for y in range(self.height - rows + 1)
            for x in range(len(columns) - len(wanted) + 1)
        )


def columns_of(picture: Picture) -> list[int]:
    return [sum(picture.lit(x, y) << y for y in range(picture.height)) for x in range(picture.width)]


def drawing(columns: list[int], rows: int) -> str:
    return "\n".join("".join("#" if column >> y & 1 else "." for column in columns) for y in range(rows))
