"""The signals that end a command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end the command cleanly."""


@contextmanager
def ended_by_signals() -> Iterator[threading.Event]:
    """Let the signals that end a command set an event, so that the command can do what belongs to its end.

    A signal that is ignored, as nohup ignores SIGHUP, stays so.
    """
    ending = threading.Event()
    before = {each: signal.getsignal(each) for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, lambda _number, _frame: ending.set())
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
