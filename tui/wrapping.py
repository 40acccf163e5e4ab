"""Fits text into a width: wraps it, cuts it visibly, or continues a row on further lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui.lines import Line, width_of
from tui.text import fit

LEAST = 8
"""Cells that wrapped text has at least beside its indent."""
SHIFT = 4
"""The indent of a row's further lines, if its text begins too far right to go on below it."""


def wrapped(text: str, style: Style, width: int, indent: str = "") -> Iterator[Line]:
    """Wrap a text, between words if possible.

    Args:
        text: the text.
        style: for all of it.
        width: cells of a line, at least `LEAST` beside the indent.
        indent: stands before each line.
    """
    room = max(LEAST, width - cell_len(indent))
    rest = text
    while cell_len(rest) > room:
        cut = _cells_to_characters(rest, room)
        space = rest.rfind(" ", room // 2, cut + 1)
        end = space if space > 0 else cut
        yield [Segment(indent + rest[:end], style)]
        rest = rest[end:].removeprefix(" ") if space > 0 else rest[end:]
    yield [Segment(indent + rest, style)]


def brief(lines: Iterable[Line], most: int) -> Iterator[Line]:
    """The first lines of a wrapped text; a last one of ``…`` stands for those that are left out.

    Args:
        lines: the lines.
        most: how many to yield at most, with the last one.
    """
    found = list(lines)
    yield from found if len(found) <= most else [*found[: most - 1], [Segment("…", found[-1][-1].style)]]


def cut(line: Line, width: int) -> Line:
    """A line in at most `width` cells. Its end gives way, and ``…`` stands for it."""
    if width_of(line) <= width:
        return line
    before, text, style = _split(line, width)
    return [*before, Segment(fit(text, width - width_of(before)), style)]


def folded(line: Line, width: int) -> list[Line]:
    """A row that is too long, on several lines. They begin below its text if that leaves half of the width to them."""
    if width_of(line) <= width:
        return [line]
    before, text, style = _split(line, width)
    used = width_of(before)
    indent = used if used <= width // 2 else SHIFT
    lines = list(wrapped(text, style, width, " " * indent))
    if indent < used:
        return [before, *lines]
    first = lines[0][0]
    return [[*before, Segment(first.text[indent:], style)], *lines[1:]]


def overflow(line: Line, width: int) -> tuple[str, Style]:
    """The text of a row that does not fit, from its beginning, and its style; "" if the row fits."""
    if width_of(line) <= width:
        return "", Style()
    _, text, style = _split(line, width)
    return text, style


def _split(line: Line, width: int) -> tuple[Line, str, Style]:
    """The pieces of a line that fit, and the text of all others in the style of their first."""
    used = 0
    for place, piece in enumerate(line):
        if used + piece.cell_length > width:
            return line[:place], "".join(each.text for each in line[place:]).rstrip(), piece.style or Style()
        used += piece.cell_length
    return line, "", Style()


def _cells_to_characters(text: str, cells: int) -> int:
    """How many characters of `text` fit into `cells`; at least one."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, place)
    return len(text)
