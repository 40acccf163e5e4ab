"""A screen in a process of its own, on a real terminal: what it writes there, and how it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import threading
import time
from types import TracebackType
from typing import Any

PATIENCE = 20.0
"""Seconds until something that has to come is missed."""
ABOUT_TERMINALS = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR")
"""Variables that tell of the terminal that the tests run in, not of this one."""
LEFT = b"the plugins are stopped"
"""What the process says on its control pipe once the screen is gone."""


class ScreenProcess:
    """The parent's side: a pseudo-terminal, and a pipe through which it makes things happen.

    Args:
        size: columns and rows.
        environment: what differs from this process's environment.
    """

    def __init__(self, size: tuple[int, int] = (80, 24), **environment: str) -> None:
        child_orders, self._orders = os.pipe()
        self._answers, child_answers = os.pipe()
        inherited = {name: value for name, value in os.environ.items() if name not in ABOUT_TERMINALS}
        variables = {**inherited, "TERM": "xterm-256color", **environment}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            for descriptor in (child_orders, child_answers):
                os.set_inheritable(descriptor, True)
            command = [sys.executable, "-m", "tests.screen_process", str(child_orders), str(child_answers)]
            os.execve(sys.executable, command, variables)
        os.close(child_orders)
        os.close(child_answers)
        self.resize(*size)
        self.written = b""
        self._seen = 0

    def __enter__(self) -> ScreenProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in (self._orders, self._answers, self.terminal):
            try:
                os.close(descriptor)
            except OSError:
                continue
        try:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, *wanted: bytes) -> None:
        """Wait until all of this is written, in any order, beyond what was waited for before."""
        deadline = time.monotonic() + PATIENCE
        while missing := [each for each in wanted if each not in self.written[self._seen :]]:
            assert time.monotonic() < deadline, f"{missing} never came after {self.written[-300:]!r}"
            self.written += self._read(0.1)
        self._seen = len(self.written)

    def read_for(self, seconds: float) -> bytes:
        """Everything written in this time."""
        begin, end = len(self.written), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.written += self._read(left)
        return self.written[begin:]

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.terminal, keys)

    def publish(self, temperature: object) -> None:
        """Have a driver read this; what is not a number breaks the screen."""
        os.write(self._orders, f"{temperature}\n".encode())

    def hang_up(self) -> None:
        """Close the terminal under it."""
        os.close(self.terminal)

    def end(self) -> tuple[int, bytes]:
        """Wait for it; the exit status, and what it said last on the control pipe."""
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status), os.read(self._answers, 100)
            assert time.monotonic() < deadline, "it does not end"
            try:
                self.written += self._read(0.05)
            except ValueError:
                time.sleep(0.01)

    def _read(self, timeout: float) -> bytes:
        try:
            ready, _, _ = select.select([self.terminal], [], [], timeout)
            return os.read(self.terminal, 65536) if ready else b""
        except OSError:
            time.sleep(0.01)
            return b""


def main(orders_from: int, answers_to: int) -> int:
    """The child's side: a screen of one driver, which reads what the parent says."""
    from hostcore.events import ReadingPublished
    from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
    from tui.app import run

    session = ScriptedSession(facts=host_facts(started_ns=time.time_ns()), known=[plugin_facts("bme680")])

    def listen() -> None:
        with os.fdopen(orders_from) as orders:
            for line in orders:
                reading: Any = {"temperature": float(line)} if line[0].isdigit() else None
                session.publish([ReadingPublished(time.time_ns(), "bme680", reading)])

    try:
        return run(session, threading.Thread(target=listen, daemon=True).start)
    finally:
        os.write(answers_to, LEFT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
