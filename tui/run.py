"""Shows the screen of a session, and leaves the terminal as it was."""

from __future__ import annotations

import sys
from collections.abc import Callable

from hostcore.cli.commands.screens import ScreenOptions
from hostcore.config.values import name_of_settings
from hostcore.errors import CommandLineError, ScreenMemoryError
from hostcore.read_only import as_wanted
from hostcore.session import RemoteHost, Session
from hostcore.threads import require_threads
from tui.app import HostApp
from tui.attached import AttachedApp
from tui.desk import NewDriver
from tui.layouts.layout import Layout
from tui.layouts.memory import Memory
from tui.signals import leaving_on_signals
from tui.terminal import written_to
from tui.terminal_app import DEFECT, TerminalApp

SCREEN_THREADS = 3
"""Threads that the screen needs: Textual's for the keyboard and for writing, and the pump."""


def run(
    session: Session,
    start: Callable[[], None] = lambda: None,
    *,
    remote: RemoteHost | None = None,
    wanted: ScreenOptions | None = None,
    resumed: NewDriver | None = None,
    start_again: Callable[[NewDriver], object] | None = None,
) -> int:
    """Show the screen. Blocks until the person quits or the terminal hangs up, and restores the terminal.

    Args:
        session: the host.
        start: starts the host. It is called when the screen has subscribed to events and shows its first frame.
        remote: the host, if it is in another process.
        wanted: the screen that the person wants, which then remembers how it is left. The settings may want one that
            only looks, too. By default a screen that remembers nothing.
        resumed: the new driver with which this host was started again; None for a first start.
        start_again: is called before this returns if the person wants the host to be started again for a new driver.
            By default this is not offered.

    Returns:
        The exit status: 0; `DEFECT` if the host could not start or the screen broke, and standard error then says why;
        `HUNG_UP` if the terminal is gone.

    Raises:
        NoThreadError: there are no threads for the screen.
        CommandLineError: there is no layout of the name that the person wants.
    """
    require_threads("screen", SCREEN_THREADS)
    seen = as_wanted(session, read_only=wanted is not None and wanted.read_only)
    memory = Memory.of_user(name_of_settings(seen.facts.config_file, seen.facts.host_name)) if wanted else Memory()
    layout = _layout_of(wanted.layout, memory) if wanted and wanted.layout else None
    app = (
        AttachedApp(seen, remote, start=start, memory=memory, layout=layout)
        if remote
        else HostApp(seen, start, memory=memory, layout=layout, resumed=resumed)
    )
    app.can_start_again = start_again is not None
    app.view.connection.is_own = remote is None
    status = run_app(app)
    if start_again is not None and app.defect is None and app.wanted_again is not None:
        start_again(app.wanted_again)
    return status


def run_app(app: TerminalApp) -> int:
    """Show a screen that is made. Blocks and returns as `run` does."""
    try:
        with leaving_on_signals(app):
            app.run()
    except Exception as error:  # noqa: BLE001 - a person gets a sentence about any defect
        app.defect = app.defect or error
    if app.terminal.is_console:
        # It has no second screen to go back from.
        written_to().write("\x1b[0m\x1b[2J\x1b[H")
    if app.defect is not None:
        from tui.defect import HOST_ENDS, told  # noqa: PLC0415 - a screen without a defect does without it

        print(told(app.defect, app.after_defect or HOST_ENDS), file=sys.stderr)
        return DEFECT
    return app.return_code or 0


def _layout_of(name: str, memory: Memory) -> Layout:
    try:
        return memory.layout(name)
    except ScreenMemoryError as error:
        raise CommandLineError(f"--layout: {error}") from None
