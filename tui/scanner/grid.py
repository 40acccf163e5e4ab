"""The addresses of a bus as i2cdetect prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from rich.segment import Segment
from rich.style import Style

from hostcore.events import Finding, Presence
from hostcore.view.scans import Scan
from tui.finding_words import ink_of
from tui.lines import Line
from tui.look import Look, clickable

FIRST, LAST = 0x08, 0x77
"""The addresses that devices can have. The others are reserved (I2C-bus specification UM10204, section 3.1.12)."""

GRID_WIDTH = 53
"""Cells that the grid takes, before the words beside it."""
LEAST_WORDS = 30
"""Cells that the words need beside the grid. If there are fewer, they stand below it."""


def grid_lines(
    scan: Scan | None, findings: Mapping[int, Finding], look: Look, cursor: int | None, is_stuck: bool
) -> Iterator[Line]:
    """Yield a heading, and a row for every 16 addresses. Those with a finding have a mark.

    While the bus is stuck, what a scan found before is not known to answer: it has a ``?``, and no colour.

    A click on an address is the widget's action ``go``.

    Args:
        scan: the last scan of the bus; None if there was none.
        findings: what is wrong, by address.
        look: the styles.
        cursor: the address under the cursor; None if the cursor is not shown.
        is_stuck: whether the bus is stuck now.
    """
    yield [Segment("    " + "".join(f"  {column:x}" for column in range(16)), look.muted)]
    for start in range(0x00, 0x80, 16):
        line = [Segment(f"{start:02x}: ", look.muted)]
        for address in range(start, start + 16):
            text, ink = _cell(address, scan, findings.get(address), look)
            if is_stuck and scan is not None:
                text, ink = _in_doubt(address, scan, text), look.muted
            click = f"go({address})"
            if address == cursor:
                line += [Segment(text[0], clickable(ink, click)), Segment(text[1:], clickable(look.cursor, click))]
            else:
                line.append(Segment(text, clickable(ink, click)))
        yield line


def _in_doubt(address: int, scan: Scan, text: str) -> str:
    """The cell of an address while nothing on the bus can answer."""
    return f"?{text[1:]}" if address in scan.answering else text


def _cell(address: int, scan: Scan | None, finding: Finding | None, look: Look) -> tuple[str, Style]:
    if not FIRST <= address <= LAST:
        return "   ", look.plain
    text, ink = ("  .", look.muted) if scan is None else _sign_of(address, scan, look)
    if finding is None or not finding.is_grave:
        return text, ink
    return f"!{text[1:]}" if text[0] == " " else text, ink_of(finding, look)


def _sign_of(address: int, scan: Scan, look: Look) -> tuple[str, Style]:
    """Three cells: the change since the last scan, then the address, ``--``, ``UU``, ``??`` or ``!!``."""
    probed = scan.found.get(address)
    change = "+" if address in scan.appeared else "-" if address in scan.vanished else " "
    ink = look.warn if change != " " else None
    if probed is None or probed.presence is Presence.ABSENT:
        return (" x-" if change == "-" else change + "--"), ink or look.muted
    if probed.presence is Presence.PRESENT:
        return f"{change}{address:02x}", ink or look.good
    if probed.presence is Presence.KERNEL:
        return f"{change}UU", ink or look.accent
    return change + ("??" if probed.presence is Presence.GHOST else "!!"), look.bad


def side_by_side(grid: Sequence[Line], words: Sequence[Line]) -> list[Line]:
    """Lay other lines beside the grid. Those that are more than its own go on below, as far right."""
    empty: Line = [Segment(" " * (GRID_WIDTH - 1))]
    return [[*(left or empty), Segment(" "), *(right or [])] for left, right in zip_longest(grid, words)]


def typed_address(text: str) -> int | None:
    """Read an address in hexadecimal digits, with or without ``0x``; None if the text is blank.

    The ValueError for other texts says what is allowed.
    """
    if not text.strip():
        return None
    try:
        address = int(text, 16)
    except ValueError:
        address = -1
    if not FIRST <= address <= LAST:
        raise ValueError(f"an address from 0x{FIRST:02x} to 0x{LAST:02x}")
    return address
