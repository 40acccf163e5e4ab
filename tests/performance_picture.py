"""Draws the picture of docs/performance.md from what it measures: ``python -m tests.performance_picture``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tests.bench import parts
from tests.bench.measure import KILO, MICRO, MILLI, shown

PICTURE = Path(__file__).parent.parent / "docs" / "performance.svg"
WIDTH, MARGIN, BAR, LINE, GAP = 760, 24, 28, 22, 34
COLORS = ("#4c78a8", "#72b7b2", "#54a24b", "#eeca3b", "#f58518", "#e45756")
GROUND, TEXT, FAINT = "#1e1e1e", "#e6e6e6", "#a8a8a8"
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">
<rect width="{width}" height="{height}" rx="8" fill="{ground}"/>
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A whole and its parts."""

    what: str
    parts: parts.Parts
    unit: float

    @property
    def height(self) -> int:
        """The pixels that it takes, with its title and its legend."""
        return LINE + BAR + LINE * ((len(self.parts) + 1) // 2) + GAP


def drawn(bars: Sequence[Bar]) -> str:
    """The picture of these bars, one below the other, as SVG."""
    height = MARGIN + sum(bar.height for bar in bars)
    lines = [HEAD.format(width=WIDTH, height=height, ground=GROUND)]
    top = MARGIN
    for bar in bars:
        lines += _bar(bar, top)
        top += bar.height
    return "\n".join([*lines, "</svg>", ""])


def _bar(bar: Bar, top: int) -> Iterator[str]:
    whole = sum(bar.parts.values())
    yield _text(MARGIN, top + 12, f"{bar.what}: {shown(whole, bar.unit)}", TEXT, 15)
    left, column = float(MARGIN), (WIDTH - 2 * MARGIN) // 2
    for number, (name, value) in enumerate(bar.parts.items()):
        width, color = (WIDTH - 2 * MARGIN) * value / whole, COLORS[number % len(COLORS)]
        yield _box(left, top + LINE, width, BAR, color)
        left += width
        row, side = divmod(number, 2)
        x, y = MARGIN + side * column, top + LINE + BAR + LINE * row
        yield _box(x, y + 8, 10, 10, color)
        yield _text(x + 16, y + 17, f"{name}, {shown(value, bar.unit)}", FAINT, 12)


def _box(x: float, y: float, width: float, height: float, color: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{color}"/>'


def _text(x: float, y: float, text: str, color: str, size: int) -> str:
    return f'<text x="{x}" y="{y}" fill="{color}" font-size="{size}">{escape(text)}</text>'


def measured() -> list[Bar]:
    """What the picture shows. Blocks for a minute."""
    return [
        Bar("Processor time of a start to its first reading, one driver", parts.start(), MILLI),
        Bar("A call of host.i2c that reads 25 bytes, in a host that records", parts.call(), MICRO),
        Bar("The memory of a further plugin, a bh1750", parts.plugin(), KILO),
    ]


if __name__ == "__main__":
    PICTURE.write_text(drawn(measured()), encoding="utf-8")
