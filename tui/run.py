"""Shows the screen of a session, and leaves the terminal as it was."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.cli.commands.screens import ScreenOptions
from hostcore.config.finding import name_of_settings
from hostcore.errors import CommandLineError, ScreenMemoryError
from hostcore.read_only import as_wanted
from hostcore.session import RemoteHost, Session
from hostcore.threads import require_threads
from tui.app import HostApp
from tui.attached import AttachedApp
from tui.desk import NewDriver
from tui.layouts.layout import Layout
from tui.layouts.memory import Memory
from tui.showing import SCREEN_THREADS, show


def run(
    session: Session,
    start: Callable[[], None] = lambda: None,
    *,
    remote: RemoteHost | None = None,
    wanted: ScreenOptions | None = None,
    resumed: NewDriver | None = None,
    start_again: Callable[[NewDriver], object] | None = None,
    attached: Callable[..., AttachedApp] = AttachedApp,
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
        attached: makes the screen of a host in another process.

    Returns:
        The exit status: 0; `DEFECT` if the host could not start or the screen broke, and standard error then says why;
        `HUNG_UP` if the terminal is gone.

    Raises:
        NoThreadError: there are no threads for the screen.
        CommandLineError: there is no layout of the name that the person wants.
    """
    require_threads("screen", SCREEN_THREADS)
    seen = as_wanted(session, read_only=wanted is not None and wanted.read_only)
    memory, layout = remembered(seen, wanted) if wanted else (Memory(), None)
    app = (
        attached(seen, remote, start=start, memory=memory, layout=layout)
        if remote
        else HostApp(seen, start, memory=memory, layout=layout, resumed=resumed)
    )
    app.can_start_again = start_again is not None
    app.view.connection.is_own = remote is None
    status = show(app)
    if start_again is not None and app.defect is None and app.wanted_again is not None:
        start_again(app.wanted_again)
    return status


def remembered(session: Session, wanted: ScreenOptions) -> tuple[Memory, Layout | None]:
    """Return what screens of this host remember, and the layout that the person wants to begin with; None for none.

    Raises:
        CommandLineError: there is no layout of the name that the person wants.
    """
    memory = Memory.of_user(name_of_settings(session.facts.config_file, session.facts.host_name))
    try:
        return memory, memory.layout(wanted.layout) if wanted.layout else None
    except ScreenMemoryError as error:
        raise CommandLineError(f"--layout: {error}") from None
