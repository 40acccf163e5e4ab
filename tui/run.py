"""Shows the screen of a session, and leaves the terminal as it was."""

from __future__ import annotations

import sys
from collections.abc import Callable

from hostcore.read_only import as_wanted
from hostcore.session import RemoteHost, Session
from hostcore.threads import require_threads
from tui.app import HostApp
from tui.attached import AttachedApp
from tui.bars.work_line import TasksUnderWay
from tui.signals import leaving_on_signals
from tui.terminal import written_to
from tui.terminal_app import DEFECT

SCREEN_THREADS = 3
"""Threads that the screen needs: Textual's for the keyboard and for writing, and the pump."""


def run(
    session: Session,
    start: Callable[[], None] = lambda: None,
    work: TasksUnderWay | None = None,
    *,
    remote: RemoteHost | None = None,
    read_only: bool = False,
) -> int:
    """Show the screen. Blocks until the person quits or the terminal hangs up, and restores the terminal.

    Args:
        session: the host.
        start: starts the host. It is called when the screen has subscribed to events and shows its first frame.
        work: the host's tasks that take seconds, for the work line.
        remote: the host, if it is in another process.
        read_only: whether the person wants a screen that only looks. The settings may want it, too.

    Returns:
        The exit status: 0; `DEFECT` if the host could not start or the screen broke, and standard error then says why;
        `HUNG_UP` if the terminal is gone.

    Raises:
        NoThreadError: there are no threads for the screen.
    """
    require_threads("screen", SCREEN_THREADS)
    wanted = as_wanted(session, read_only=read_only)
    app = AttachedApp(wanted, remote, start=start) if remote else HostApp(wanted, start, work)
    try:
        with leaving_on_signals(app):
            app.run()
    except Exception as error:  # noqa: BLE001 - a person gets a sentence about any defect
        app.defect = app.defect or error
    if app.terminal.is_console:
        # It has no second screen to go back from.
        written_to().write("\x1b[0m\x1b[2J\x1b[H")
    if app.defect is not None:
        from tui.defect import told  # noqa: PLC0415 - a screen without a defect does without it

        print(told(app.defect), file=sys.stderr)
        return DEFECT
    return app.return_code or 0
