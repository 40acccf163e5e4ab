"""A line that nobody can miss while a recorded session is shown: what it is, and where the player is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.segment import Segment

from hostcore.session_file.player import Player
from hostcore.session_file.words import length
from tui.desk import Desk
from tui.lines import Line, LinesWidget, width_of
from tui.text import NS_PER_S, fit, safe

US_PER_S = 1_000_000
LEAST_BAR = 8
"""Cells of the shortest bar that is drawn."""
MOST_BAR = 60


class PlayerLine(LinesWidget):
    """One line above every pane: the state of the player, a bar with what went wrong, whose session it is.

    Args:
        desk: the screen around it.
        player: what is played.
    """

    def __init__(self, desk: Desk, player: Player) -> None:
        super().__init__(desk)
        self._player = player

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw as much as fits: the state and the place always, then the bar, then whose session it is."""
        player, look = self._player, self.look
        state = "PLAYING" if player.is_playing else "AT THE END" if player.is_at_end else "PAUSED"
        at, whole = length(player.position_us / US_PER_S), length(player.end_us / US_PER_S)
        line: Line = [
            Segment(f" {state} ", look.real),
            Segment(f" {at} of {whole}", look.strong),
            Segment(f"  x{player.speed:g}", look.accent),
        ]
        header = player.file.header
        about = f"recorded on {safe(header.host_name, 30)}, {_date(header.began_ns)}"
        room = width - width_of(line) - 4
        if room < len(about):
            about = about[: max(0, room)]
        if (cells := min(MOST_BAR, room - len(about))) >= LEAST_BAR:
            line += [Segment("  "), *self._bar(cells)]
        if player.problem:
            about = safe(player.problem, 200)
        rest = width - width_of(line) - 2
        yield [*line, Segment("  "), Segment(fit(about, max(0, rest)), look.muted)]

    def _bar(self, cells: int) -> Line:
        """``===!--|---``: the way so far, and what went wrong."""
        player, look = self._player, self.look
        end = max(1, player.end_us)
        wrong = {min(cells - 1, mark.at_us * cells // end) for mark in player.file.marks}
        here = min(cells - 1, player.position_us * cells // end)
        line: Line = []
        for cell in range(cells):
            if cell == here:
                line.append(Segment("|", look.current))
            elif cell in wrong:
                line.append(Segment("!", look.bad))
            else:
                line.append(Segment("=" if cell < here else "-", look.accent if cell < here else look.muted))
        return line


def _date(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns / NS_PER_S):%Y-%m-%d %H:%M}"
