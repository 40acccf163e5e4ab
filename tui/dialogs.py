"""Screens over the panes: a text to read, and a question to answer with yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from tui.closable import Closable
from tui.desk import Desk
from tui.document import Document, wrapped
from tui.key_bar import KeyBar
from tui.lines import Line
from tui.text import safe


class Sheet(Closable[None]):
    """A text on the whole screen, until a key closes it.

    Args:
        desk: the screen around it.
        title: is written into the frame.
        text: makes the lines for a width in cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, title: str, text: Callable[[int], Iterable[Line]]) -> None:
        super().__init__()
        self._document = Document(desk)
        self._keys = KeyBar(desk)
        self._headline, self._text = title, text

    def compose(self) -> ComposeResult:
        """The text and the keys."""
        yield self._document
        yield self._keys

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content(self._headline)
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        self._document.show(self._text(self._document.content_size.width or 60))


def sheet_to_copy(desk: Desk, text: str, what: str) -> Sheet:
    """Make a sheet with a text that a person copies by hand, because the terminal has no clipboard.

    Args:
        desk: the screen around it.
        text: the text.
        what: what it is, for the title.
    """

    def lines(width: int) -> Iterator[Line]:
        for line in text.splitlines():
            yield from wrapped(safe(line, len(line)), desk.look.plain, width)

    return Sheet(desk, f"Copy by hand, because this terminal has no clipboard: {safe(what, 60)}", lines)


class Confirm(ModalScreen[bool]):
    """Asks for a yes before something is done. Enter alone means no.

    Args:
        desk: the screen around it.
        question: names what would be done.
        reasons: help to decide, one paragraph each.
        verb: names what yes does, in one or two words.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,enter", "answer(False)", "No"),
    ]

    def __init__(self, desk: Desk, question: str, reasons: Iterable[str] = (), verb: str = "Yes") -> None:
        super().__init__()
        self._question, self._reasons, self._verb = question, tuple(reasons), verb
        self._document = Document(desk)

    def compose(self) -> ComposeResult:
        """The question."""
        yield self._document

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content("Please confirm")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        look, width = self._document.look, self._document.content_size.width or 50
        lines: list[Line] = [*wrapped(self._question, look.strong, width)]
        for reason in self._reasons:
            lines += [[], *wrapped(reason, look.plain, width)]
        answers = [
            Segment("y", look.key),
            Segment(f" {self._verb}    "),
            Segment("n", look.key),
            Segment(" No"),
        ]
        self._document.show([*lines, [], answers])

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)
