"""Shows progress: a bar on a terminal, otherwise a line when work begins and another one every half a minute.

A scan has a line of its own, because its end is known. It is shown only on a terminal.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

from hostcore.workshop import about, spent

WIDTH = 24
"""The width of the bar in characters."""
LINE_SECONDS = 30.0
"""Seconds between two lines about a task, without a terminal."""


class TerminalProgress:
    """Draws progress on standard error. Thread-safe. Use `line` for all other lines."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._is_terminal = self._out.isatty()
        self._lock = threading.Lock()
        self._next_line: dict[str, float] = {}
        self._drawn = False

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        with self._lock:
            self._clear()
            if not expected:
                self._next_line.pop(task, None)
            elif self._is_terminal:
                # The end is not known, so the bar approaches it and never reaches it before the work is done.
                share = 1 - math.exp(-1.5 * elapsed / expected)
                filled = "#" * round(share * WIDTH)
                self._draw(f"{task} [{filled:.<{WIDTH}}] {spent(elapsed, expected)}")
            elif elapsed >= self._next_line.get(task, 0):
                is_first = task not in self._next_line
                self._next_line[task] = elapsed + LINE_SECONDS
                time = f"({about(expected)} on this computer, estimated) ..." if is_first else spent(elapsed, expected)
                self._out.write(f"{task}{' ' if is_first else ': '}{time}\n")
            self._out.flush()

    def line(self, text: str) -> None:
        """Write one line, above the bar if there is one."""
        with self._lock:
            self._clear()
            self._out.write(f"{text}\n")
            self._out.flush()

    def status(self, text: str, *, on_its_own: bool = False) -> None:
        """On a terminal, show `text` in place of the bar, until something else is shown.

        Args:
            text: a few words, the most important first, because a narrow terminal cuts the rest off; "" for nothing.
            on_its_own: without a terminal, write it as a line; otherwise nothing is written there.
        """
        if not self._is_terminal:
            if on_its_own:
                self.line(text)
            return
        with self._lock:
            self._clear()
            self._draw(text)
            self._out.flush()

    def _draw(self, text: str) -> None:
        """Write what `_clear` takes away again, which it only does on one line of the terminal."""
        if not self._is_in_front:
            return
        with suppress(OSError, ValueError):  # what has no size is no terminal
            text = text[: max(1, os.get_terminal_size(self._out.fileno()).columns - 1)]
        self._out.write(text)
        self._drawn = bool(text)

    @property
    def _is_in_front(self) -> bool:
        """Whether the terminal is ours now. With ``&``, it is that of a shell or of another screen."""
        try:
            return os.tcgetpgrp(self._out.fileno()) == os.getpgrp()
        except (OSError, ValueError):  # of another session, or none
            return True

    def _clear(self) -> None:
        if self._drawn and self._is_in_front:
            self._out.write("\r\x1b[2K")
        self._drawn = False


class ScanLine:
    """Shows on standard error how far a scan of an I2C bus is. As a context, it clears the line at its end."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._last = ""

    def __enter__(self) -> ScanLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._show("")

    def begin(self, through: str) -> None:
        """Show that a scan began whose progress is not known. `through` says who makes it."""
        self._show(f"scanning through {through} ...")

    def __call__(self, address: int, done: int, whole: int) -> None:
        """Show that an address is probed, after some of all probes."""
        self._show(f"scanning ... 0x{address:02x}, {done / whole:.0%}")

    def _show(self, text: str) -> None:
        if text != self._last and self._out.isatty():
            self._out.write(f"\r\x1b[2K{text}")
            self._out.flush()
            self._last = text
