"""Pictures made of characters: braille with 2 by 4 dots, half blocks with 1 by 2, or plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache

from hostcore.quick_dataclass import dataclass

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

    @property
    def shade(self) -> str:
        """The character of a lightly filled cell."""
        return {Ink.BRAILLE: "⢂", Ink.BLOCKS: "░"}.get(self, ".")

    @property
    def dot(self) -> str:
        """The character of a dotted horizontal line, as on ruled paper."""
        return "." if self is Ink.ASCII else "·"

    @property
    def dash(self) -> str:
        """The character of a dashed horizontal line."""
        return "-" if self is Ink.ASCII else "╌"

    @property
    def stem(self) -> str:
        """The character of a dashed vertical line."""
        return (
            chr(BRAILLE + sum(left for left, _ in DOTS)) if self is Ink.BRAILLE else "|" if self is Ink.ASCII else "│"
        )


@dataclass(slots=True)
class Raster:
    """Dots that are on or off; each row is an integer with the leftmost dot in its highest bit."""

    width: int
    rows: list[int]

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
    size = -(-across // 4)
    padding = 2 * (4 * size - across)
    cells = 0
    for row, quads in zip(band, _quads(), strict=True):
        cells |= int.from_bytes(b"".join([quads[byte] for byte in (row << padding).to_bytes(size)]))
    return "".join([chr(BRAILLE + bits) if bits else " " for bits in cells.to_bytes(4 * size)[:across]])


@cache
def _quads() -> list[list[bytes]]:
    """For each of the four rows of dots: the bits of four characters, by the byte of their eight dots in this row."""
    return [
        [bytes((0, right, left, left | right)[byte >> shift & 3] for shift in (6, 4, 2, 0)) for byte in range(256)]
        for left, right in DOTS
    ]


def _halves(band: Sequence[int], across: int, signs: str) -> str:
    upper, lower = band
    return "".join(signs[(upper >> place & 1) + 2 * (lower >> place & 1)] for place in range(across - 1, -1, -1))


@dataclass(slots=True)
class Strokes:
    """Dots that are on or off, by columns: in a curve, most dots lie above each other. The lowest bit is the top."""

    height: int
    columns: list[int]

    @classmethod
    def blank(cls, width: int, height: int) -> Strokes:
        """All dots off."""
        return cls(height, [0] * width)

    def stroke(self, x: int, y: int, to_y: int) -> None:
        """Switch on the dots from `y` to `to_y` in one column. Dots beyond the edges are ignored."""
        top, bottom = max(0, min(y, to_y)), min(self.height - 1, max(y, to_y))
        if 0 <= x < len(self.columns) and top <= bottom:
            self.columns[x] |= (1 << bottom + 1) - (1 << top)

    def lines(self, ink: Ink) -> list[str]:
        """The picture as text. Its size is that of whole characters."""
        across, down = ink.cell
        bands = range(0, self.height, down)
        if across == 1:
            return ["".join([ink.halves[column >> band & 3] for column in self.columns]) for band in bands]
        pairs = list(zip(self.columns[::2], self.columns[1::2], strict=True))
        return ["".join([_dotted(left >> band & 15, right >> band & 15) for left, right in pairs]) for band in bands]


_LEFT, _RIGHT = (
    tuple(sum(dots[side] for row, dots in enumerate(DOTS) if bits >> row & 1) for bits in range(16)) for side in (0, 1)
)
"""The bits of a braille character, by those of its left and of its right column."""


def _dotted(left: int, right: int) -> str:
    return chr(BRAILLE + _LEFT[left] + _RIGHT[right]) if left or right else " "
