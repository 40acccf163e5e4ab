"""Shows the screen of the steps, and leaves the terminal as it was."""

from __future__ import annotations

from hostcore.stepping.subject import Subject
from tui.showing import show
from tui.stepping.app import StepApp


def run_steps(subject: Subject) -> int:
    """Show the screen. Blocks until the person leaves it, and restores the terminal.

    Args:
        subject: what they step through.

    Returns:
        The exit status, as that of `tui.run.run`.
    """
    return show(StepApp(subject))
