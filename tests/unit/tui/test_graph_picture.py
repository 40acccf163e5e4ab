"""The picture of a graph: the curve can be seen, whatever happened meanwhile."""

from __future__ import annotations

import pytest

from hostcore.events.history import HistoryMark, HistoryPoint, MarkKind
from tui.look import CONSOLE, THEMED
from tui.raster import Ink
from tui.readings.picture import Drawing, Picture
from tui.readings.trace import Trace

S = 1_000_000_000
END = 900 * S


def picture(crashes: int) -> Picture:
    points = [HistoryPoint(second * S, value, value, value, 1) for second, value in ((0, 20.0), (899, 25.0))]
    marks = [HistoryMark((100 + second) * S, "air", MarkKind.CRASH, "crashed") for second in range(0, 60 * crashes, 60)]
    return Picture([Trace("air.t", "°C", "°C", 1, "25.0", points, None)], marks, 0, END, None)


def drawn(shown: Picture, width: int) -> str:
    lines = shown.lines(width, 9, THEMED, Drawing(Ink.BRAILLE))
    return "\n".join("".join(segment.text for segment in line) for line in lines)


@pytest.mark.parametrize(("width", "crashes", "has_lines"), [(90, 6, True), (36, 6, False), (36, 2, True)])
def test_the_lines_of_crashes_do_not_hide_a_small_curve(width: int, crashes: int, has_lines: bool) -> None:
    text = drawn(picture(crashes), width)
    assert (Ink.BRAILLE.stem in text) is has_lines
    assert text.count("x") == crashes, "they are on the axis of time"


def test_the_shade_below_a_curve_has_not_the_style_of_the_curve() -> None:
    lines = picture(0).lines(60, 9, THEMED, Drawing(Ink.BRAILLE, is_filled=True))
    shades = [each.style for line in lines for each in line if Ink.BRAILLE.shade in each.text]
    assert shades and set(shades) == {THEMED.shade}
    assert THEMED.shade != THEMED.curves[0]


def test_on_the_console_secondary_text_is_unlike_names_and_keys() -> None:
    assert CONSOLE.muted.color not in (CONSOLE.accent.color, CONSOLE.key.color, CONSOLE.plain.color)
