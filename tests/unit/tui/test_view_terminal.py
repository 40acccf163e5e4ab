"""What goes to the terminal: only what it can draw, and only what is to be different."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip

from tui.frugal import Shown
from tui.raster import Ink, Raster, Strokes
from tui.terminal import CONSOLE_GLYPHS, Legible, Terminal

CONSOLE = Terminal(is_console=True)
ASCII = Terminal(encoding="ascii")
LATIN = Terminal(encoding="iso8859-15")


def legible(text: str, terminal: Terminal) -> str:
    (segment,) = Legible(terminal).apply([Segment(text)], Color(0, 0, 0))
    return segment.text


@settings(deadline=None)
@given(st.text())
def test_the_console_gets_only_what_its_font_has_cell_for_cell(text: str) -> None:
    shown = legible(text, CONSOLE)
    assert all(each in CONSOLE_GLYPHS or each.isascii() for each in shown)
    assert cell_len(shown) == sum(map(cell_len, text))


@pytest.mark.parametrize("terminal", [ASCII, LATIN])
@settings(deadline=None)
@given(text=st.text())
def test_another_encoding_gets_only_what_it_can_encode(terminal: Terminal, text: str) -> None:
    shown = legible(text, terminal)
    shown.encode(terminal.encoding)
    assert cell_len(shown) == sum(map(cell_len, text))


def test_what_stands_for_frames_bars_and_units() -> None:
    assert legible("╔═╗│▁▄█ 21 °C µΩ …", ASCII) == "+=+|_-# 21 'C uO ~"
    assert legible("╔═╗│▁▄█ 21 °C µΩ …", CONSOLE) == "╔═╗│_▄█ 21 °C µΩ ~"
    assert legible("21 °C µ", LATIN) == "21 °C µ"


def test_a_terminal_is_known_by_its_environment() -> None:
    assert Terminal.here({"TERM": "linux"}).is_console
    assert not Terminal.here({"TERM": "linux"}).draws_everything
    assert Terminal.here({"TERM": "xterm", "NO_COLOR": "1"}).no_color
    assert Terminal.here({"COLORFGBG": "0;15"}).is_light
    assert not Terminal.here({"COLORFGBG": "15;0"}).is_light


class Glass:
    """A terminal as far as is needed: moves the cursor, sets styles, draws characters."""

    def __init__(self, width: int, height: int) -> None:
        self.cells = [[(" ", "")] * width for _ in range(height)]

    def write(self, data: str) -> None:
        x = y = 0
        style = ""
        for move, row, column, sgr, text in re.findall(r"(\x1b\[(\d+);(\d+)H)|\x1b\[([\d;]*)m|([^\x1b])", data):
            if move:
                y, x = int(row) - 1, int(column) - 1
            elif text:
                self.cells[y][x] = (text, style)
                for place in range(1, cell_len(text)):
                    self.cells[y][x + place] = ("", style)
                x += cell_len(text)
            else:
                style = "" if sgr == "0" else sgr


STYLES = [Style(color="red"), Style(color="green", bold=True), Style(bgcolor="blue"), Style()]
WIDTH, HEIGHT = 24, 4
pieces = st.lists(st.tuples(st.text("ab日─ ", max_size=9), st.sampled_from(STYLES)), max_size=6)
screens = st.lists(st.lists(pieces, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=5)


def strips_of(screen: list[list[tuple[str, Style]]]) -> list[Strip]:
    return [Strip([Segment(*piece) for piece in line]).adjust_cell_length(WIDTH, Style()) for line in screen]


def full(strips: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[strip] for strip in strips], Region(0, 0, WIDTH, HEIGHT))


@settings(deadline=None)
@given(screens)
def test_what_is_written_makes_the_terminal_show_each_screen(shown: list[list[list[tuple[str, Style]]]]) -> None:
    console = Console(file=StringIO(), color_system="truecolor", force_terminal=True)
    glass, memory = Glass(WIDTH, HEIGHT), Shown()
    for screen in shown:
        strips = strips_of(screen)
        update = memory.reduce(full(strips), WIDTH, HEIGHT)
        if update is not None:
            glass.write(update.render_segments(console))
        wanted = Glass(WIDTH, HEIGHT)
        for y, strip in enumerate(strips):
            wanted.write(f"\x1b[{y + 1};1H{strip.render(console)}")
        assert glass.cells == wanted.cells


def test_what_shows_already_is_not_written_again() -> None:
    console = Console(file=StringIO(), color_system="truecolor", force_terminal=True)
    memory = Shown()
    before = [[("temperature  21.5 °C", STYLES[0])]] * HEIGHT
    after = [*before[:-1], [("temperature  21.7 °C", STYLES[0])]]
    assert memory.reduce(full(strips_of(before)), WIDTH, HEIGHT) is not None
    assert memory.reduce(full(strips_of(before)), WIDTH, HEIGHT) is None
    update = memory.reduce(full(strips_of(after)), WIDTH, HEIGHT)
    assert update is not None
    assert update.render_segments(console) == "\x1b[31m\x1b[4;17H7\x1b[0m"
    memory.forget()
    again = memory.reduce(full(strips_of(after)), WIDTH, HEIGHT)
    assert again is not None and len(again.render_segments(console)) > WIDTH * HEIGHT


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.data())
def test_a_raster_comes_back_from_braille(width: int, height: int, data: st.DataObject) -> None:
    dots = data.draw(st.sets(st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))))
    raster = Raster(width, [sum(1 << width - 1 - x for x in range(width) if (x, y) in dots) for y in range(height)])
    bits = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
    lines = raster.lines(Ink.BRAILLE)
    read = {
        (2 * column + x, 4 * row + y)
        for row, line in enumerate(lines)
        for column, character in enumerate(line)
        for x in range(2)
        for y in range(4)
        if character != " " and ord(character) & bits[y][x]
    }
    assert read == dots


@given(
    st.integers(1, 10),
    st.integers(1, 5),
    st.lists(st.tuples(*[st.integers(-50, 50)] * 3)),
    st.sampled_from(list(Ink)),
)
def test_strokes_are_the_same_picture_as_the_raster_of_their_dots(
    across: int, down: int, drawn: list[tuple[int, int, int]], ink: Ink
) -> None:
    width, height = across * ink.cell[0], down * ink.cell[1]
    strokes = Strokes.blank(width, height)
    for each in drawn:
        strokes.stroke(*each)
    dots = {(x, y) for x, begin, end in drawn for y in range(min(begin, end), max(begin, end) + 1)}
    raster = Raster(width, [sum(1 << width - 1 - x for x in range(width) if (x, y) in dots) for y in range(height)])
    assert strokes.lines(ink) == raster.lines(ink)


def test_half_blocks_and_their_ascii() -> None:
    raster = Raster(4, [0b1010, 0b1100, 0b0001])
    assert raster.lines(Ink.BLOCKS) == ["█▄▀ ", "   ▀"]
    assert raster.lines(Ink.ASCII) == [":.' ", "   '"]


def test_halving_keeps_lines_of_one_dot() -> None:
    raster = Raster(8, [0b11111111, 0b10000000, 0b10000001, 0b10000001])
    assert raster.halved().rows == [0b1111, 0b1001]
    assert raster.part(4, 0, 100, 2).rows == [0b1111, 0b0000]
