"""A program on a real terminal: its output, and its exit status."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 20.0
"""Seconds that a test waits before it fails."""
ABOUT_TERMINALS = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR")
"""Variables that describe the terminal of the test run, not this one."""


class TerminalProcess:
    """A child process on a terminal that the test controls.

    Args:
        command: the program and its arguments.
        size: columns and rows.
        folder: working directory of the program.
        inherited: file descriptors that it may use.
        environment: variables that differ from this process's environment.

    Attributes:
        pid: process id of the child.
        written: the output read so far.
    """

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        *,
        folder: Path | None = None,
        inherited: Sequence[int] = (),
        **environment: str,
    ) -> None:
        ours = {name: value for name, value in os.environ.items() if name not in ABOUT_TERMINALS}
        variables = {**ours, "TERM": "xterm-256color", **environment}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            for descriptor in inherited:
                os.set_inheritable(descriptor, True)
            if folder is not None:
                os.chdir(folder)
            os.execve(command[0], list(command), variables)
        self.resize(*size)
        self.written = b""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            os.close(self.terminal)
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, *wanted: bytes, patience: float = PATIENCE) -> None:
        """Wait until the program has written all of this, in any order, after the text that was waited for before."""
        deadline = time.monotonic() + patience
        while missing := [each for each in wanted if each not in self.written[self._seen :]]:
            assert time.monotonic() < deadline, f"{missing} never came after {self.written[-300:]!r}"
            self.read(0.1)
        self._seen = len(self.written)

    def read_for(self, seconds: float) -> bytes:
        """Return everything that is written during this time."""
        begin, end = len(self.written), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)
        return self.written[begin:]

    def read(self, timeout: float) -> None:
        """Read the next output, if it arrives within `timeout` seconds."""
        try:
            ready, _, _ = select.select([self.terminal], [], [], timeout)
            self.written += os.read(self.terminal, 65536) if ready else b""
        except OSError:
            time.sleep(0.01)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.terminal, keys)

    def send(self, content: bytes) -> None:
        """Send bytes of any number, while the output is read."""
        os.set_blocking(self.terminal, False)
        deadline = time.monotonic() + PATIENCE
        while content:
            assert time.monotonic() < deadline, f"{len(content)} bytes were not taken"
            with suppress(BlockingIOError):
                content = content[os.write(self.terminal, content) :]
            self.read(0.0)
        os.set_blocking(self.terminal, True)

    def hang_up(self) -> None:
        """Close the terminal while the program runs."""
        os.close(self.terminal)

    def stall(self) -> None:
        """Have the screen redraw until its terminal takes no more output."""
        deadline, waiting, before = time.monotonic() + PATIENCE, 0, -1
        while waiting != before or not waiting:
            assert time.monotonic() < deadline, "its output always finds room"
            before = waiting
            for _ in range(5):
                self.type(b"2z3z")
                time.sleep(0.02)
            waiting = struct.unpack("i", fcntl.ioctl(self.terminal, termios.FIONREAD, bytes(4)))[0]

    def end(self, *, reading: bool = True) -> int:
        """Wait for the end of the program, and read its output meanwhile. Returns its exit status."""
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < deadline, "it does not end"
            try:
                if reading:
                    self.read(0.05)
                else:
                    time.sleep(0.01)
            except ValueError:
                time.sleep(0.01)
