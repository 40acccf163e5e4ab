"""A desk without a screen, for tests of one pane or sheet at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from hostcore.errors import HostError
from hostcore.view.view import View
from tests.scripted_session import ScriptedSession
from tui.archive import Archive
from tui.desk import NewDriver
from tui.look import Look, look_for
from tui.terminal import Terminal

T = TypeVar("T")


@dataclass
class SimpleDesk:
    """A `tui.desk.Desk` that records the requests of a widget."""

    session: ScriptedSession = field(default_factory=ScriptedSession)
    terminal: Terminal = field(default_factory=Terminal)
    time_ns: int = 0
    sheets: list[Screen[Any]] = field(default_factory=list)
    answers: list[Callable[[Any], None] | None] = field(default_factory=list)
    """The function that each sheet calls with its result."""
    questions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Why the host refused requests."""
    saved: dict[str, bytes] = field(default_factory=dict)
    copied: list[str] = field(default_factory=list)
    answer: str = ""
    """The answer to every question."""
    edited: list[tuple[Path, int]] = field(default_factory=list)
    frozen_since_ns: int = 0
    read_only: str = ""

    def __post_init__(self) -> None:
        self.view = View(self.session.facts, self.session.plugins())
        self.archive = Archive(self.session.history, lambda _: None)
        """Nobody takes its answers."""

    @property
    def look(self) -> Look:
        return look_for(self.terminal, native=True)

    def now_ns(self) -> int:
        return self.time_ns

    @property
    def is_recorded(self) -> bool:
        return self.view.connection.is_recorded

    @property
    def badges(self) -> tuple[str, ...]:
        return ("READ-ONLY",) if self.read_only else ()

    def may_change(self) -> bool:
        return not self.read_only

    def may_save(self) -> bool:
        return not self.read_only

    def attempt(self, request: Callable[[], None], done: Callable[[], object] | None = None) -> None:
        self.find_out(request, lambda _: done() if done else None)

    def find_out(self, question: Callable[[], T], answered: Callable[[T], object]) -> None:
        try:
            answer = question()
        except HostError as error:
            self.refusals.append(str(error))
        else:
            answered(answer)

    def open_sheet(self, sheet: Screen[Any], answered: Callable[[Any], None] | None = None) -> None:
        self.sheets.append(sheet)
        self.answers.append(answered)

    async def ask(
        self,
        question: str,
        value: str = "",
        *,
        live: Callable[[str], None] | None = None,
        check: Callable[[str], object] | None = None,
        done: Callable[[str], None] | None = None,
    ) -> None:
        self.questions.append(question)
        for told in (live, check, done):
            if told is not None:
                told(self.answer or value)

    can_start_again = False

    def start_again(self, driver: NewDriver) -> None:
        raise NotImplementedError

    def say(self, text: str) -> None:
        self.said.append(text)

    def copy(self, text: str, what: str) -> None:
        self.copied.append(text)

    def edit(self, file: Path, line: int = 0) -> None:
        self.edited.append((file, line))

    def save(self, name: str, content: bytes, what: str) -> None:
        self.saved[name] = content


class OneWidget(App[None]):
    """A Textual app with one widget and no host."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.messages: list[Message] = []
        """Every message that a widget or the app received."""

    def compose(self) -> ComposeResult:
        yield self.widget

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())
