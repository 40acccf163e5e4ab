"""The running of a host in a terminal without a screen: signals, the first lines, and a clean end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import NoReturn

from hostcore.cli.ending import ENDING
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.events.facts import BusFacts
from hostcore.events.stream import Numbered, Subscription
from hostcore.host import Host

LOOK_SECONDS = 0.5
"""Seconds between two looks for a signal whose exception was lost."""
_came: list[int] = []
"""The signals that came."""


def end_by_signals() -> Sequence[int]:
    """Let each of these signals raise KeyboardInterrupt, except those that are ignored, as nohup ignores SIGHUP.

    Returns:
        The signals.
    """
    ending = [each for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN]
    for number in ending:
        signal.signal(number, _interrupt)
    return ending


def wait_for_signal() -> NoReturn:
    """Block until one of the signals of `end_by_signals` comes.

    Its exception alone would not do: if it is raised in a finalizer, Python drops it.
    """
    while not _came:
        time.sleep(LOOK_SECONDS)
    raise KeyboardInterrupt


def taken(events: Subscription) -> list[Numbered]:
    """Take the next events. Blocks until there are some.

    Raises:
        KeyboardInterrupt: a signal of `end_by_signals` came, and Python has dropped its exception.
    """
    while not (batch := events.take(LOOK_SECONDS)):
        if _came:
            raise KeyboardInterrupt
    return batch


def about_buses(buses: Sequence[BusFacts]) -> Iterator[str]:
    """Yield a line about the simulated buses, and one about each bus that cannot be used."""
    if simulated := [each for each in buses if not each.is_real]:
        names = ", ".join(each.name for each in simulated)
        yield f'simulated buses: {names}. Readings that depend on them are invented and say so in the key "simulated"'
    for each in buses:
        if not each.is_usable:
            yield f"{each.name} cannot be used: {each.reason}"


@contextmanager
def host_alone(host: Host) -> Iterator[Callable[[], None]]:
    """Make the context of `run_host` for a host that nothing serves."""
    yield host.start


def run_host(
    host: Host,
    context: AbstractContextManager[Callable[[], None]],
    print_all: Callable[[], None],
    ending: Sequence[int],
    progress: TerminalProgress,
) -> int:
    """Run a host until `print_all` returns or a signal comes, and stop it.

    Args:
        host: the host, which has not started.
        context: yields the function that starts it.
        print_all: prints its events.
        ending: the signals that end it.
        progress: takes the last lines.

    Returns:
        0; 1 if `print_all` returned, but a plugin's file could not be used.
    """
    status = 0
    try:
        with context as start:
            start()
            print_all()
        status = 1 if host.failures else 0
    except KeyboardInterrupt:
        pass
    except RuntimeError as error:  # of threading.Condition, if the signal came just while it took its lock again
        if not isinstance(error.__context__, KeyboardInterrupt):
            raise
    finally:
        for number in ending:
            signal.signal(number, signal.SIG_IGN)
        if not host.stop():
            progress.line(
                "wasi-host: a plugin's transfer, or writing the log file, does not end; exiting without waiting for it"
            )
            sys.stdout.flush()
            os._exit(status)
    return status


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    _came.append(number)
    raise KeyboardInterrupt
