"""What a person reads who starts the program for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.rows import Line, Lines


class Welcome(Lines):
    """One line at the top, until a person closes it."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Where one is, and what to press."""
        key = self.look.key
        yield [
            Segment("A simulated Pi. Press "),
            Segment("n", key),
            Segment(" for a first driver, "),
            Segment("?", key),
            Segment(" for help."),
        ]
