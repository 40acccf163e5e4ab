"""Shows the screen of a host that is made while the first frame is in sight."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.threads import require_threads
from tui.desk import NewDriver
from tui.layouts.place import last_theme
from tui.opening.app import Opened, OpeningApp
from tui.opening.parts import Expected
from tui.showing import SCREEN_THREADS, show


def run_opening(
    make: Callable[[], Opened],
    expected: Expected,
    *,
    resumed: NewDriver | None,
    start_again: Callable[[NewDriver], object],
) -> int:
    """Show the screen. Blocks until the person quits or the terminal hangs up, and restores the terminal.

    Args:
        make: makes the host, on another thread. It has returned when this does.
        expected: what is known of the host.
        resumed: the new driver with which this host was started again; None for a first start.
        start_again: is called before this returns if the person wants the host to be started again for a new driver.

    Returns:
        The exit status, as that of `tui.run.run`.

    Raises:
        HostError: the host could not be made, or there are no threads for the screen.
    """
    require_threads("screen", SCREEN_THREADS)
    app = OpeningApp(make, expected, last_theme(), resumed=resumed)
    app.can_start_again = True
    try:
        status = show(app)
    finally:
        app.wait_until_made()
    if app.refusal is not None:
        raise app.refusal
    if app.defect is None and app.wanted_again is not None:
        start_again(app.wanted_again)
    return status
