"""A program in tmux, a complete terminal that shows the same as a person would see."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.cells import cell_len

from tests.terminal_process import ABOUT_TERMINALS

PATIENCE = 60.0
"""Seconds that a test waits before it fails. The first start with an empty cache compiles."""
IS_INSTALLED = shutil.which("tmux") is not None
ENDED = "ended with status"
"""Text on the terminal when the program has ended, before its exit status."""
FRAME = ("═", "║", "╗", "╚", "╝")
"""The characters of the frame that has the focus, after its first corner."""
LINE = ("─", "┐")
"""The characters of the line above any other pane, after its first corner."""


class Tmux:
    """A program in its own terminal.

    Args:
        command: the program and its arguments.
        folder: working directory of the program.
        size: columns and rows.
        environment: variables that differ from this process's environment.

    Attributes:
        raw: all bytes that the program has written to its terminal.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, size: tuple[int, int] = (80, 24), **environment: str
    ) -> None:
        self._own = tempfile.TemporaryDirectory()
        self._log = Path(self._own.name) / "raw"
        self._log.touch()
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        cleared = " ".join(f"-u {name}" for name in ABOUT_TERMINALS)
        program = f"read -r _; clear; env {cleared} {settings} {shlex.join(command)}; echo {ENDED} $?; sleep 600"
        columns, rows = map(str, size)
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", columns, "-y", rows, "-c", str(folder), program)
        self._tmux("set", "-g", "status", "off")
        self._tmux("set", "-s", "escape-time", "0")
        self._tmux("pipe-pane", f"cat >> {shlex.quote(str(self._log))}")
        self.keys("Enter")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server")
        self._own.cleanup()

    @property
    def raw(self) -> bytes:
        """All bytes that the program has written."""
        return self._log.read_bytes()

    @property
    def lines(self) -> list[str]:
        """The text on the terminal, one character per cell. The right half of a wide character is a space."""
        shown = self._tmux("capture-pane", "-p", "-N").splitlines()
        return ["".join(each + " " * (cell_len(each) - 1) for each in line if cell_len(each)) for line in shown]

    @property
    def text(self) -> str:
        """The text on the terminal."""
        return "\n".join(self.lines)

    def keys(self, *names: str) -> None:
        """Press keys, by their names in tmux."""
        self._tmux("send-keys", *names)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def until(self, *wanted: str | re.Pattern[str]) -> None:
        """Wait until the terminal shows all of this."""
        self.until_true(lambda text: all(re.search(as_pattern(each), text) for each in wanted), f"{wanted}")

    def until_true(self, condition: Callable[[str], object], what: str) -> None:
        """Wait until `condition` is true for the text on the terminal."""
        deadline = time.monotonic() + PATIENCE
        while not condition(shown := self.text):
            assert time.monotonic() < deadline, f"{what} never came:\n{shown}"
            time.sleep(0.05)

    def until_framed(self, count: int) -> None:
        """Wait until the terminal shows exactly `count` frames, all of them complete."""
        self.until_true(lambda text: whole_frames(text.split("\n")) == count, f"{count} whole frames")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", f"{self._own.name}/socket", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def as_pattern(wanted: str | re.Pattern[str]) -> re.Pattern[str]:
    """A pattern that finds a plain text."""
    return re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted


def whole_frames(lines: Sequence[str]) -> int:
    """Number of panes in these lines; -1 if the line above one, or the frame around it, is broken."""
    corners = [(x, y) for y, line in enumerate(lines) for x, each in enumerate(line) if each in "┌╔"]
    return len(corners) if all(_is_whole(lines, x, y) for x, y in corners) else -1


def _is_whole(lines: Sequence[str], x: int, y: int) -> bool:
    """Whether the frame with this first corner has straight sides and three more corners, or the line its end."""
    if lines[y][x] == "┌":
        across, end = LINE
        return lines[y][x + 1] == across and lines[y].find(end, x) > 0
    across, down, upper_right, lower_left, lower_right = FRAME
    right = lines[y].find(upper_right, x)
    bottom = next((row for row in range(y, len(lines)) if lines[row][x : x + 1] == lower_left), -1)
    if right < 0 or bottom < 0 or lines[bottom][right : right + 1] != lower_right:
        return False
    sides = (lines[row][x] + lines[row][right : right + 1] for row in range(y + 1, bottom))
    return lines[y][x + 1] == across and all(side == down + down for side in sides)
