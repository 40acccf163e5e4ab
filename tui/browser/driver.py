"""Textual's driver of a terminal in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tui.driver import MAX_COLUMNS, MAX_ROWS

BEGIN = "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?2004h"
"""The alternate screen, reports of the mouse, no cursor, pastes with marks (xterm's control sequences)."""


def bounded(columns: int, rows: int) -> tuple[int, int]:
    """Return the size of a screen that is drawn for a browser that claims this one, in cells."""
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(rows, MAX_ROWS))


class BrowserDriver(Driver):
    """A driver whose terminal is at the other end of a `tui.browser.link.Link`."""

    _app: Any  # the `BrowserApp`, which lies in a layer above

    @property
    def is_web(self) -> bool:
        """Whether the screen is in a browser. Textual asks this."""
        return True

    def write(self, data: str) -> None:
        """Send characters and control sequences. Textual calls this."""
        self._app.link.write(data.encode(errors="replace"))

    def start_application_mode(self) -> None:
        """Begin. Textual calls this."""
        self.write(BEGIN)
        self.resize(*(self._size or (80, 24)))
        self._app.link.start()

    def disable_input(self) -> None:
        """Nothing more is read. Textual calls this."""

    def stop_application_mode(self) -> None:
        """End. Textual calls this; the page goes with the terminal."""

    def resize(self, columns: int, rows: int) -> None:
        """Draw another size, in cells. Call it on the screen's thread."""
        size = Size(*bounded(columns, rows))
        self._size = size
        asyncio.run_coroutine_threadsafe(self._app._post_message(events.Resize(size, size)), self._loop)

    def process(self, messages: Sequence[Message]) -> None:
        """Hand events of keyboard and mouse to the screen. Call it on the screen's thread."""
        for message in messages:
            self.process_message(message)
