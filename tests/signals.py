"""The signals of the processes that tests start: as in a terminal, even if the test run itself ignores signals."""

from __future__ import annotations

import signal

PYTHONS_OWN = {signal.SIGPIPE, getattr(signal, "SIGXFSZ", signal.SIGPIPE)}
"""Signals that Python itself ignores. `subprocess` sets them to their defaults in children."""


def listen() -> None:
    """Catch every signal that this process was started with ignored, and unblock all signals.

    nohup ignores SIGHUP, and a shell without job control ignores SIGINT and SIGQUIT of background processes. Children
    inherit an ignored or blocked signal, so a host under test would never see it. A caught signal is at its default
    after exec (signal(7)). The handler does nothing, so this process itself survives the signal as before.
    """
    for number in signal.valid_signals() - PYTHONS_OWN:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _survive)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _survive(_number: int, _frame: object) -> None:
    pass
