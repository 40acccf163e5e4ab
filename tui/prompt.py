"""A line at the bottom of the screen in which a person types."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.field import Field
from tui.text import refusal

LONGEST_ANSWER = 4096
"""The most characters of an answer. No path is longer (PATH_MAX of Linux)."""


class Prompt(Vertical):
    """Asks for one line of text. What is typed first replaces the text that is there, because all of it is selected.

    It stays until its text is accepted. What is wrong with the text is said in a line of its own.

    Args:
        question: what to type.
        value: the text that can be edited.
        live: is called with the text after every change, and with `value` if the person cancels.
        check: is called with the text when the person presses Enter. Its ValueError says what is allowed instead.
        done: is called with the text that was accepted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Cancel", key_display="Esc", priority=True),
    ]

    def __init__(
        self,
        question: str,
        value: str,
        live: Callable[[str], None] | None,
        check: Callable[[str], object] | None,
        done: Callable[[str], None] | None,
    ) -> None:
        super().__init__()
        self._question, self._value = question, value
        self._live, self._check, self._done = live, check, done
        self._back: Widget | None = None

    def compose(self) -> ComposeResult:
        """What was wrong with the text, the question and the field."""
        yield Static(id="problem", markup=False)
        with Horizontal():
            yield Static(Content(f"{self._question}: "), markup=False)
            yield Field(self._value, LONGEST_ANSWER)

    def on_mount(self) -> None:
        """Take the focus, and select the text before the first key arrives."""
        self._back, field = self.screen.focused, self.query_one(Input)
        field.action_select_all()
        self.screen.set_focus(field)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._live is not None:
            self._live(event.value)

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            if self._check is not None:
                self._check(event.value)
        except ValueError as allowed:
            self._refuse(event.value, allowed)
            return
        await self._close()
        if self._done is not None:
            self._done(event.value)

    def _refuse(self, text: str, allowed: ValueError) -> None:
        """Say what is wrong with the text, and leave it there to be corrected."""
        problem = self.query_one("#problem", Static)
        problem.update(Content(refusal(text, allowed)))
        problem.display = True

    async def action_give_up(self) -> None:
        """Close, and undo live changes."""
        await self._close()
        if self._live is not None:
            self._live(self._value)

    async def _close(self) -> None:
        if self._back is not None:
            self.screen.set_focus(self._back)
        await self.remove()
