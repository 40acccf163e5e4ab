"""Shows a screen, and leaves the terminal as it was."""

from __future__ import annotations

import sys

from tui.signals import leaving_on_signals
from tui.terminal import written_to
from tui.terminal_app import DEFECT, TerminalApp

SCREEN_THREADS = 3
"""Threads that a screen of a host needs: Textual's for the keyboard and for writing, and the pump."""

NODE_THREADS = 5
"""Threads that a fleet needs beside those of a screen: two for the broker, one for the nodes, two for questions."""


def show(app: TerminalApp) -> int:
    """Show a screen until the person leaves it or the terminal hangs up. Blocks until then.

    Returns:
        The exit status: 0; `DEFECT` if the screen broke, and standard error then says why; `HUNG_UP` if the terminal is
        gone; or what the app itself has chosen.
    """
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
