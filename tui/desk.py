"""The screen as its widgets see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from textual.screen import Screen

from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.events import DriverAdded
    from hostcore.events.facts import PluginFacts
    from hostcore.session import Session
    from hostcore.view.found_chips import DriverOffer
    from hostcore.view.view import View
    from tui.archive import Archive
    from tui.look import Look
    from tui.terminal import Terminal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewDriver:
    """A driver that was written into copies of the built-in settings, which the host does not run yet."""

    name: str
    offer: DriverOffer
    """The driver as it was chosen."""
    added: DriverAdded


@dataclass(frozen=True, slots=True)
class RecordedPlace:
    """A place in a recording, at which a person wants to step through it."""

    plugin: str
    crash_ns: int = 0
    """`CrashReport.time_ns` of the crash whose recording it is; 0 for the newest instance."""
    at: str = "end"
    """The place, as ``wasi-host replay --step --at`` takes it."""


class Desk(Protocol):
    """What panes, bars and sheets may use of the screen around them. For the screen's own thread.

    A widget calls its desk if it needs an answer or a service. If something happened that other widgets may want to
    know, it posts a message instead; the message is a class nested in the widget that posts it.
    """

    @property
    def view(self) -> View:
        """The state of everything that the screen shows."""

    @property
    def session(self) -> Session:
        """The host, for requests. See `attempt`."""

    @property
    def archive(self) -> Archive:
        """Reads the history, without letting the screen wait."""

    @property
    def look(self) -> Look:
        """The styles to draw with. Another theme brings another look, so do not keep it."""

    @property
    def terminal(self) -> Terminal:
        """The abilities of the terminal."""

    def now_ns(self) -> int:
        """The time that the screen shows, in nanoseconds since the Unix epoch. In a freeze, it stands."""

    @property
    def frozen_since_ns(self) -> int:
        """When the person froze the screen; 0 if it is not frozen. New events wait meanwhile."""

    @property
    def is_recorded(self) -> bool:
        """Whether this is a recording, and there is no host."""

    @property
    def read_only(self) -> str:
        """Why this screen may only look, as a sentence; "" if it may change things."""

    @property
    def badges(self) -> tuple[str, ...]:
        """What the screen says of itself first, such as that it records; a few words each."""

    def may_change(self) -> bool:
        """Return whether this screen may change anything. If not, the person has been told why.

        A key that asks something first, such as a file's name, calls this before it asks. `session` refuses by itself.
        """

    def may_save(self) -> bool:
        """Return whether this screen may write a file that the person names. If not, the person has been told why."""

    def attempt(self, request: Callable[[], None], done: Callable[[], object] | None = None) -> None:
        """Have the host change something. Returns before it has answered if the host is in another process.

        Args:
            request: calls a method of `session`, and nothing else: it may run on another thread.
            done: is called when the host has taken it. If it raised `HostError`, the person is told why instead.
        """

    def find_out(self, question: Callable[[], T], answered: Callable[[T], object]) -> None:
        """Ask the host for something. Returns before it has answered if the host is in another process.

        Args:
            question: calls a method of `session`, and nothing else: it may run on another thread.
            answered: takes the answer. If there was a `HostError`, the person is told why instead.
        """

    def open_sheet(self, sheet: Screen[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Show a screen over the panes.

        Args:
            sheet: the screen.
            answered: is called with the screen's result when it closes; with None if it was closed without one.
        """

    async def ask(
        self,
        question: str,
        value: str = "",
        *,
        live: Callable[[str], None] | None = None,
        check: Callable[[str], object] | None = None,
        done: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for one line of text. Returns when the person can type, not when they have answered.

        Args:
            question: what to type.
            value: the text that can be edited.
            live: is called with the text after every change, and with `value` if the person cancels.
            check: is called with the text when the person presses Enter. Its ValueError says what is allowed instead;
                the person is told, and can correct the text.
            done: is called with the text that was accepted.
        """

    @property
    def can_start_again(self) -> bool:
        """Whether the host is the screen's own, so that this process can start it again with other settings."""

    def start_again(self, driver: NewDriver) -> None:
        """Stop the host, and start it with the person's new settings. Then the screen shows the new driver again."""

    def say(self, text: str) -> None:
        """Show a short message for some seconds."""

    def copy(self, text: str, what: str) -> None:
        """Put text into the clipboard of the person's terminal, and say so. Show it if the terminal has none.

        Args:
            text: the text.
            what: what it is, for the message.
        """

    def edit(self, file: Path, line: int = 0) -> None:
        """Open a file in the person's editor, in place of the screen. Returns at once; the screen comes back by itself.

        Args:
            file: the file.
            line: the line to begin at, from 1; 0 for none.
        """

    def edit_driver(self, driver: PluginFacts, line: int = 0) -> None:
        """Open the file of a driver in Python in the person's editor. Returns at once.

        If the host is on another computer, the editor gets a copy, and what the person saved goes there when it ends.

        Args:
            driver: the plugin.
            line: the line to begin at, from 1; 0 for none.
        """

    def save(self, name: str, content: bytes, what: str) -> None:
        """Write a file, and tell the person where it is, or why it could not be written.

        Args:
            name: the file, as the person typed it; nothing happens if it is blank.
            content: the whole file.
            what: what it is, for the message.
        """

    def step_through(self, place: RecordedPlace) -> None:
        """Step through a replay, in place of the screen. Returns at once; the screen comes back by itself.

        Args:
            place: where to begin.
        """
