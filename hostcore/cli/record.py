"""``wasi-host record``: writes all that a running host tells its screens into a file, which can be shown again."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from pathlib import Path

from hostcore.cli.attached import attached
from hostcore.cli.ending import ended_by_signals
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.statuses import ExitStatus
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import KINDS
from hostcore.errors import CommandLineError, HostError
from hostcore.events import CaughtUp, ConnectionLost
from hostcore.events.stream import Subscription
from hostcore.quick_dataclass import dataclass
from hostcore.session_file.model import MIB, SUFFIX
from hostcore.session_file.recorder import SessionRecorder, Wish
from hostcore.session_file.words import in_short

POLL_SECONDS = 0.5
"""Seconds between two lines of progress."""
EARLIER_SECONDS = 20.0
"""Seconds that the host may take to say what happened before."""


@dataclass(frozen=True, slots=True)
class RecordWish:
    """What a person wants to be recorded."""

    file: Path | None = None
    """None for a new file in the working directory."""
    seconds: int | None = None
    """For how long; None for until it is stopped."""
    most_mib: int = 256
    """The largest size of the file."""


def record(config_file: Path | None, wish: RecordWish) -> int:
    """Record a running host until a signal comes, the time is over, the file is full, or the host ends.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what to record, and where to.

    Returns:
        0; 1 if the disk took no more; `ExitStatus.NOT_RUNNING` if no host runs.

    Raises:
        HostError: the host cannot be reached, or the file cannot be written.
    """
    file = wish.file or Path(f"wasi-host-{datetime.now():%Y-%m-%d-%H%M%S}{SUFFIX}")
    if os.path.lexists(file):
        raise CommandLineError(f"{file} exists already; name another file for the recording")
    session = attached(config_file, "this command records", *KINDS.values())
    if session is None:
        return ExitStatus.NOT_RUNNING
    lost, first = session.subscribe(ConnectionLost), session.subscribe(CaughtUp, ConnectionLost)
    try:
        with ended_by_signals() as ending:
            session.start()
            _await_earlier(first)
            return _record(session, Wish(file, wish.most_mib * MIB), wish.seconds, lost, ending)
    finally:
        session.stop()


def _await_earlier(first: Subscription) -> None:
    """Block until the host has said what happened before.

    Raises:
        HostError: it has not.
    """
    came = [type(item.event) for item in first.take(EARLIER_SECONDS)]
    first.close()
    if CaughtUp not in came:
        raise HostError("the host does not say what happened before; nothing was recorded")


def _record(
    session: RemoteSession, wish: Wish, seconds: int | None, lost: Subscription, ending: threading.Event
) -> int:
    recorder, progress = SessionRecorder(session, wish, ended=ending.set), TerminalProgress()
    recorder.start()
    say(f"recording the host (PID {session.process}) to {wish.file}; Ctrl+C ends it", is_result=False)
    latest = None if seconds is None else time.monotonic() + seconds
    reason = "it was stopped"
    while not ending.wait(POLL_SECONDS if latest is None else max(0, min(POLL_SECONDS, latest - time.monotonic()))):
        progress.status(f"REC {in_short(recorder.seconds, recorder.bytes)}")
        if lost.take(0):
            reason = "the host has ended"
            break
        if latest is not None and time.monotonic() >= latest:
            reason = "its time was over"
            break
    has_stopped_itself = not recorder.is_running
    recorder.stop(reason)
    progress.status("")
    say(f"{wish.file}: {in_short(recorder.seconds, recorder.bytes)}; {recorder.reason}", is_result=False)
    if recorder.lost:
        say(f"{recorder.lost:,} events were lost, and the file says where", is_result=False)
    say(f"show it anywhere: wasi-host replay {wish.file}", is_result=False)
    return ExitStatus.FAILED if has_stopped_itself else ExitStatus.DONE
