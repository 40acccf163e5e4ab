"""A host under a service manager: it says when it is ready and how it is, and SIGHUP lets it reload its settings."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.host import Host
from hostcore.workshop import Progress, spent

if TYPE_CHECKING:
    from hostcore.service.notify import Manager

BEATS = 2
"""Beats of the host for each time after which the manager would restart it, as sd_watchdog_enabled(3) advises."""


def progress_for(manager: Manager | None, progress: TerminalProgress) -> Progress:
    """Return what takes the progress of long work: `progress`, and the manager, so that a long start says its reason.

    The first start on a small computer compiles for minutes. Then ``wasi-host up`` and systemctl status show the task.
    """
    if manager is None:
        return progress
    told = ""

    def tell(task: str, elapsed: float, expected: float) -> None:
        nonlocal told
        progress(task, elapsed, expected)
        status = f"{task}, {spent(elapsed, expected)}" if expected else ""
        if status and status != told:
            manager.status(status)
        told = status

    return tell


@contextmanager
def serviced(
    host: Host, context: AbstractContextManager[Callable[[], None]], manager: Manager | None
) -> Iterator[Callable[[], None]]:
    """Make the context of `hostcore.cli.running.run_host` for a host that a manager started.

    Args:
        host: the host, which has not started.
        context: yields the function that starts it.
        manager: is told about the host; None if there is none.
    """
    if manager is None:
        with context as start:
            yield start
        return
    import faulthandler  # noqa: PLC0415 - a host in a terminal does without these

    from hostcore.service.announcer import KINDS, Announcer  # noqa: PLC0415

    announcer = Announcer(manager, host.subscribe(*KINDS), host.refresh)
    if manager.watchdog_seconds is not None:
        faulthandler.register(signal.SIGQUIT, chain=True)  # the watchdog's signal: say where each thread is, and end
        host.rounds.beat_with(lambda: _beat(host, manager), manager.watchdog_seconds / BEATS)
    with context as start:

        def start_and_announce() -> None:
            start()
            announcer.start(each.name for each in host.plugins())

        signal.signal(signal.SIGHUP, lambda *_: announcer.request_reload())
        try:
            yield start_and_announce
        finally:
            announcer.stop()


def _beat(host: Host, manager: Manager) -> None:
    """Beat, unless the supervisor is stuck: asking it for failures takes its lock."""
    _ = host.failures
    manager.beat()
