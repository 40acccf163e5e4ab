"""Pictures made of characters: braille with 2 by 4 dots, half blocks with 1 by 2, or plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot, by row and column (Unicode, "Braille Patterns")."""


class Ink(StrEnum):
    """The characters that a picture is made of."""

    BRAILLE = "braille"
    BLOCKS = "half blocks"
    ASCII = "ascii"

    @property
    def cell(self) -> tuple[int, int]:
        """The columns and rows of dots in one character."""
        return (2, 4) if self is Ink.BRAILLE else (1, 2)

    @property
    def halves(self) -> str:
        """The characters for two dots, one above the other: none set, the upper one, the lower one, both."""
        return " ▀▄█" if self is Ink.BLOCKS else " '.:"


@dataclass(slots=True)
class Raster:
    """Dots that are on or off; each row is an integer with the leftmost dot in its highest bit."""

    width: int
    rows: list[int]

    @classmethod
    def blank(cls, width: int, height: int) -> Raster:
        """A raster with all dots off."""
        return cls(width, [0] * height)

    def dot(self, x: int, y: int) -> None:
        """Switch a dot on. Dots beyond the edges are ignored."""
        if 0 <= x < self.width and 0 <= y < len(self.rows):
            self.rows[y] |= 1 << self.width - 1 - x

    def stroke(self, x: int, y: int, to_y: int) -> None:
        """Switch on the dots from `y` to `to_y` in one column."""
        for each in range(min(y, to_y), max(y, to_y) + 1):
            self.dot(x, each)

    def halved(self) -> Raster:
        """The picture in half the width and height. A dot is on if two of its four were, so thin lines stay visible."""
        width = self.width // 2
        pairs = zip(self.rows[::2], self.rows[1::2], strict=True)
        return Raster(width, [_squeeze(upper, lower, width) for upper, lower in pairs])

    def part(self, x: int, y: int, width: int, height: int) -> Raster:
        """The part of the picture within a window."""
        width = min(width, self.width - x)
        mask = (1 << width) - 1
        return Raster(width, [row >> self.width - x - width & mask for row in self.rows[y : y + height]])

    def lines(self, ink: Ink) -> list[str]:
        """The picture as text."""
        columns, rows = ink.cell
        across = -(-self.width // columns)
        padding = across * columns - self.width
        padded = [row << padding for row in self.rows] + [0] * (-len(self.rows) % rows)
        bands = [padded[start : start + rows] for start in range(0, len(padded), rows)]
        draw = _braille if ink is Ink.BRAILLE else _halves
        return [draw(band, across, ink.halves) for band in bands]


def _squeeze(upper: int, lower: int, width: int) -> int:
    """Two rows merged into one with half the dots."""
    squeezed = 0
    for place in range(width):
        if (upper >> 2 * place & 3).bit_count() + (lower >> 2 * place & 3).bit_count() >= 2:
            squeezed |= 1 << place
    return squeezed


def _braille(band: Sequence[int], across: int, _: str) -> str:
    characters = []
    for place in range(across - 1, -1, -1):
        bits = 0
        for row, (left, right) in zip(band, DOTS, strict=True):
            pair = row >> 2 * place & 3
            bits |= (left if pair & 2 else 0) | (right if pair & 1 else 0)
        characters.append(chr(BRAILLE + bits) if bits else " ")
    return "".join(characters)


def _halves(band: Sequence[int], across: int, signs: str) -> str:
    upper, lower = band
    return "".join(signs[(upper >> place & 1) + 2 * (lower >> place & 1)] for place in range(across - 1, -1, -1))
