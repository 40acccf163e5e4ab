"""How a person wants graphs to be drawn: in which characters, filled or as lines."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass
from tui.raster import Ink
from tui.terminal import Terminal

LABELS = 12
"""Cells beside the picture, for the values of a scale and its line."""
WORDS = {Ink.BRAILLE: "braille", Ink.BLOCKS: "half blocks", Ink.ASCII: "plain characters"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a picture is drawn."""

    ink: Ink
    is_filled: bool = False
    """Whether there is a shade below a single curve."""
    labels: int = LABELS
    """Cells beside the picture for the values of a scale and its line, 3 and up."""
    has_times: bool = True
    """Whether times stand below the axis."""


class Drawings:
    """The choice for all graphs of a screen. It begins with the finest characters of the terminal, and filled.

    Attributes:
        is_filled: whether there is a shade below a single curve.
    """

    def __init__(self) -> None:
        self.is_filled = True
        self._place = 0

    def ink(self, terminal: Terminal) -> Ink:
        """The characters to draw with."""
        inks = _inks(terminal)
        return inks[self._place % len(inks)]

    def next_ink(self, terminal: Terminal) -> str:
        """Choose the next kind of characters that the terminal has. Returns its name."""
        self._place = (self._place + 1) % len(_inks(terminal))
        return WORDS[self.ink(terminal)]

    def drawing(self, terminal: Terminal, labels: int = LABELS, *, has_times: bool = True) -> Drawing:
        """How to draw a picture.

        Args:
            terminal: what can be drawn.
            labels: cells for the values beside it.
            has_times: whether times stand below it.
        """
        return Drawing(self.ink(terminal), self.is_filled, labels, has_times)


def _inks(terminal: Terminal) -> tuple[Ink, ...]:
    """The kinds of characters, the finest first. ASCII is one of them everywhere."""
    return tuple(dict.fromkeys((*terminal.inks, Ink.ASCII)))
