"""A screen in its own process, on a real terminal, with a pipe that controls it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import TracebackType
from typing import Any

from tests.terminal_process import TerminalProcess

LEFT = b"the plugins are stopped"
"""The process's message on its control pipe after the screen has ended."""


class ScreenProcess(TerminalProcess):
    """The parent's side.

    Args:
        size: columns and rows.
        ignoring_hang_up: whether SIGHUP never reaches it.
        losing_errors: whether its standard error leads to no terminal.
        environment: variables that differ from this process's environment.
    """

    def __init__(
        self,
        size: tuple[int, int] = (80, 24),
        *,
        ignoring_hang_up: bool = False,
        losing_errors: bool = False,
        **environment: str,
    ) -> None:
        child_orders, self._orders = os.pipe()
        self._answers, child_answers = os.pipe()
        command = [sys.executable, "-m", "tests.screen_process", str(child_orders), str(child_answers)]
        if ignoring_hang_up:
            command.append("ignoring_hang_up")
        if losing_errors:
            command.append("losing_errors")
        super().__init__(command, size, inherited=(child_orders, child_answers), **environment)
        os.close(child_orders)
        os.close(child_answers)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._orders)
        os.close(self._answers)
        super().__exit__(kind, value, trace)

    def publish(self, temperature: object) -> None:
        """Publish a driver's reading. A value that is not a number breaks the screen."""
        os.write(self._orders, f"{temperature}\n".encode())

    def last_words(self) -> bytes:
        """The last message on the control pipe, after the process has ended."""
        return os.read(self._answers, 100)


def main(orders_from: int, answers_to: int, *options: str) -> int:
    """The child's side: a screen with one driver, whose readings the parent sends."""
    if "losing_errors" in options:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    if "ignoring_hang_up" in options:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
    from hostcore.events import ReadingPublished
    from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
    from tui.run import run

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
    sys.exit(main(*map(int, sys.argv[1:3]), *sys.argv[3:]))
