"""The abilities of the terminal, and a filter that replaces everything it cannot draw."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from hostcore.quick_dataclass import dataclass
from tui.raster import Ink

CONSOLE_GLYPHS = frozenset(bytes(range(32, 256)).decode("cp437") + "•→←↑↓")
"""The characters in the fonts of the Linux console: code page 437 and a few arrows (console-setup's default fonts)."""

SUBSTITUTES = {
    "▁": "_", "▂": "_", "▃": "▄-", "▄": "-", "▅": "▄=", "▆": "█=", "▇": "█#", "█": "#", "▀": "^", "▌": "|", "▐": "|",
    "▔": "▀-", "▏": "│|", "▎": "▌|", "▊": "█#", "▕": "│|", "░": ".", "▒": ":", "▓": "%",
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "╌": "─-", "╭": "┌+", "╮": "┐+", "╰": "└+", "╯": "┘+", "━": "═-", "┃": "║|",
    "═": "=", "║": "|", "╔": "+", "╗": "+", "╚": "+", "╝": "+",
    "•": "*", "●": "•*", "○": "o", "·": ".", "…": "~", "→": ">", "←": "<", "↑": "^", "↓": "v", "▶": "►>", "▸": "►>",
    "▼": "v", "▾": "v", "✓": "√+", "✗": "x", "×": "x", "−": "-", "–": "-", "—": "-", "≥": ">", "≤": "<",
    "°": "'", "µ": "u", "Ω": "O", "²": "2", "³": "3", "“": '"', "”": '"', "‘": "'", "’": "'", "🔎": ">",
}  # fmt: skip
"""Characters that may replace one that cannot be drawn: the first of these that can be."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The abilities of a terminal."""

    is_console: bool = False
    """The Linux console: 16 colours, 256 or 512 characters, no mouse."""
    encoding: str = "utf-8"
    """The encoding of its output."""
    no_color: bool = False
    """The person wants no colours (https://no-color.org)."""
    is_light: bool = False
    """Dark text on a light ground, as far as the terminal tells."""

    @classmethod
    def here(cls, environ: Mapping[str, str] = os.environ) -> Terminal:
        """The terminal that this process has."""
        ground = environ.get("COLORFGBG", "").rpartition(";")[2]
        return cls(
            is_console=environ.get("TERM", "") in ("linux", "vt100", "vt102", "vt220", "ansi"),
            encoding=getattr(written_to(), "encoding", None) or "utf-8",
            no_color="NO_COLOR" in environ,
            is_light=ground in ("7", "15"),
        )

    @property
    def draws_everything(self) -> bool:
        """Whether it has fonts for all of Unicode: block elements, braille, every script."""
        return not self.is_console and self.encoding.lower().replace("-", "") == "utf8"

    @property
    def inks(self) -> tuple[Ink, ...]:
        """The characters that pictures can be made of, the finest first."""
        if self.draws_everything:
            return Ink.BRAILLE, Ink.BLOCKS
        return (Ink.BLOCKS,) if self.can_draw("▀") else (Ink.ASCII,)

    def can_draw(self, character: str) -> bool:
        """Whether the terminal shows `character` as it is meant."""
        if self.draws_everything or character.isascii():
            return True
        if self.is_console and character not in CONSOLE_GLYPHS:
            return False
        try:
            character.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


class _Replacements(dict[int, str]):
    """For `str.translate`: chooses the replacement of a character when it first occurs."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if self._terminal.can_draw(character):
            found = character
        else:
            width = cell_len(character)
            candidates = SUBSTITUTES.get(character, "")
            chosen = next((each for each in candidates if self._terminal.can_draw(each)), "?")
            found = chosen.ljust(width) if width else ""
        self[code] = found
        return found


class Legible(LineFilter):
    """Replaces characters that the terminal cannot draw, cell for cell. It is the last filter before the terminal.

    Args:
        terminal: what can be drawn.
    """

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(enabled=not terminal.draws_everything)
        self._replacements = _Replacements(terminal)

    def apply(self, segments: Iterable[Segment], background: Color) -> list[Segment]:
        """Filter one line. Textual calls this."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(self._replacements), segment.style)
            for segment in segments
        ]


def written_to() -> TextIO:
    """Return the output that leads to the terminal: standard error, or standard output if that one leads elsewhere."""
    error, output = sys.__stderr__, sys.__stdout__
    return output if output is not None and not (error is not None and error.isatty()) else error or sys.stderr
