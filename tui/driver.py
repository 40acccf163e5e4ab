"""Textual's driver of a terminal, made to survive it: any input, any size, and the terminal's end."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import termios
import threading
import weakref
from contextlib import suppress
from typing import Any, TextIO

from textual.drivers.linux_driver import LinuxDriver

from tui.keyboard import Keyboard
from tui.terminal import written_to

CHUNK = 1024
"""The most bytes that are read before the screen has taken in the ones before."""
POLL = 0.1
"""Seconds after which the thread checks whether it should end. Leaving the screen waits as long."""
SOON = 0.03
"""Seconds after which the thread looks whether a sequence goes on."""
MAX_COLUMNS, MAX_ROWS = 800, 250
"""The largest screen that is drawn, in cells: an 8K display with a small font. A terminal can claim 65535 each way."""


class SteadyDriver(LinuxDriver):
    """A driver of which no byte from the terminal can end the screen, nor fill the memory.

    If the terminal hangs up or its input ends, `TerminalApp.hang_up` is called.
    """

    _app: Any  # the `TerminalApp`, which lies in a layer above

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._file: Any = _Lasting(written_to())
        self._size = self._size or self._get_terminal_size()

    def hurry(self) -> None:
        """End soon, even if the terminal takes no output, as behind a connection that stalls."""
        self._file.leaving.set()

    def _get_terminal_size(self) -> tuple[int, int]:
        """The columns and rows to draw. Textual calls this."""
        columns, rows = super()._get_terminal_size()
        return max(1, min(columns, MAX_COLUMNS)), max(1, min(rows, MAX_ROWS))

    def _query_in_band_window_resize(self) -> None:
        """Leave it out: the kernel tells the size of the terminal, and says the truth. Textual calls this."""

    def _run_input_thread(self) -> None:
        """Read the terminal until the screen ends. Textual calls this on a thread."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - a thread that ends in silence would leave a deaf screen
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read the terminal, and hand its events to the screen, no faster than the screen takes them in."""
        keyboard = Keyboard(getattr(sys.__stdin__, "encoding", None) or "utf-8")
        while not self.exit_event.is_set():
            try:
                ready, _, _ = select.select([self.fileno], [], [], SOON if keyboard.is_waiting else POLL)
                data = os.read(self.fileno, CHUNK) if ready else None
            except BlockingIOError:
                continue  # another process reads from the same terminal
            except OSError:
                data = b""
            if data == b"":
                self._loop.call_soon_threadsafe(self._app.hang_up)
                return
            messages = keyboard.feed(data) if data else keyboard.tick()
            for message in messages:
                self.process_message(message)
            if messages:
                self._await_screen()

    def _await_screen(self) -> None:
        """Wait until the screen and the focused widget have taken in every event so far, or the screen ends."""
        taken = threading.Event()

        async def follow() -> None:
            self._app.call_later(lambda: (self._app.focused or self._app).call_later(taken.set))

        asyncio.run_coroutine_threadsafe(follow(), self._loop)
        while not taken.wait(POLL) and not self.exit_event.is_set():
            pass


class _Lasting:
    """A text stream that accepts everything, so that the thread that writes to it lives until the screen ends.

    If that thread ended or waited for ever, the screen would wait for it.

    Args:
        stream: leads to the terminal.

    Attributes:
        leaving: whether the screen has to end, even if the terminal takes no output.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.fileno = stream.fileno
        self.leaving = threading.Event()
        self._terminal = _opened_again(stream)
        if self._terminal is not None:
            weakref.finalize(self, os.close, self._terminal)  # a program can show one screen after the other
        self._is_stalled = False

    def write(self, text: str) -> None:
        """Write `text`. Characters that the terminal does not know become ``?``."""
        data = text.encode(self._stream.encoding, "replace")
        with suppress(OSError, termios.error):  # the terminal is gone; the thread that reads from it finds out
            if self._terminal is None:
                self._stream.buffer.write(data)
            else:
                self._send(self._terminal, data)

    def flush(self) -> None:
        """Send everything that was written."""
        with suppress(OSError):
            self._stream.flush()

    def _send(self, terminal: int, data: bytes) -> None:
        """Send `data`. When the screen has to end, older output that the terminal does not take is thrown away."""
        has_room = True
        while data and has_room:
            _, ready, _ = select.select([], [terminal], [], 0 if self._is_stalled else POLL)
            if ready:
                with suppress(BlockingIOError):
                    data = data[os.write(terminal, data) :]
            elif self.leaving.is_set():
                self._is_stalled = True
                termios.tcflush(terminal, termios.TCOFLUSH)
                has_room = bool(select.select([], [terminal], [], 0)[1])


def _opened_again(stream: TextIO) -> int | None:
    """A descriptor of the same terminal on which writing never blocks. The setting of `stream` is others' as well."""
    try:
        return os.open(os.ttyname(stream.fileno()), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:  # it leads elsewhere, or the terminal is another user's
        return None


def let_go_of_terminal() -> None:
    """Send output nowhere: nobody reads it any more, and it must neither fail nor block."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
