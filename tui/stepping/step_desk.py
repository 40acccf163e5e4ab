"""The screen of the steps, as its widgets see it."""

from __future__ import annotations

from typing import Protocol

from hostcore.stepping.model import Assignment, Shown
from hostcore.stepping.navigation import Breakpoint
from hostcore.stepping.subject import Subject
from tui.desk import Desk
from tui.stepping.travel import Travel


class StepDesk(Desk, Protocol):
    """What the widgets of the steps may use of the screen around them. For the screen's own thread."""

    @property
    def travel(self) -> Travel:
        """Where the person is."""

    @property
    def subject(self) -> Subject:
        """What they step through."""

    @property
    def last_call(self) -> int:
        """The number of the last call that can be traced."""

    @property
    def told(self) -> str:
        """What is going on, or what the last key has led to, in one line; "" for nothing."""

    @property
    def problem(self) -> str:
        """Why nothing can be stepped through; "" if it can."""

    @property
    def present_text(self) -> str:
        """The present line of source; "" if there is none."""

    def moved(self) -> None:
        """Show another place."""

    def jump(self, step: int | None, words: str) -> None:
        """Go to a step of this window.

        Args:
            step: the step; None to say only why it is not possible.
            words: what the person is told.
        """

    def run_to(self, place: Breakpoint) -> None:
        """Run to a line: the next time that it runs or, if there is none, the time before."""

    def origin(self, shown: Shown, path: tuple[str, ...]) -> None:
        """Go to the line that set the value that a variable has here, also in earlier calls.

        Args:
            shown: the variable and its value.
            path: its names from the function on: ``("self", "_t_fine")``.
        """

    def go_to(self, assignment: Assignment, name: str) -> None:
        """Go to where a variable got a value."""
