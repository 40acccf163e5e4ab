"""The screen for a browser. Its person may use the host, but not the computer that it runs on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import ClassVar

from textual.driver import Driver
from textual.message import Message

from hostcore.session import Session
from tui.app import HostApp
from tui.browser.driver import BrowserDriver
from tui.browser.link import Link
from tui.terminal import Terminal


class BrowserApp(HostApp):
    """A `HostApp` whose terminal is a browser. It runs on a thread of its own.

    Args:
        session: the host, which has started.
        link: leads to the browser.
        keep: keeps a file for the browser to fetch, and returns its key.
        is_remote: see `HostApp`.
    """

    no_recording = "A browser cannot record: run wasi-host record on the computer of the host."
    DRIVER: ClassVar[type[Driver]] = BrowserDriver

    def __init__(
        self, session: Session, link: Link, keep: Callable[[str, bytes], str], *, is_remote: bool = False
    ) -> None:
        super().__init__(session, terminal=Terminal(), is_remote=is_remote)
        self.link, self._keep = link, keep
        self._has_begun = self._has_left = False

    def on_mount(self) -> None:
        """Note that the screen can end, and end it if the browser has gone already. Textual calls this."""

        def begin() -> None:
            self._has_begun = True
            if self._has_left:
                self.exit(0)

        self.call_later(begin)

    def _begin(self) -> None:
        """Learn which plugins the host has."""
        self.know_host()
        self.update_panes()

    def save(self, name: str, content: bytes, what: str) -> None:
        """Offer a file to the browser. No file of the host's computer is written. See `tui.desk.Desk`."""
        file = PurePath(name.strip()).name
        if file:
            self.link.write(json.dumps(["deliver_file_start", self._keep(file, content)]))
            self.say(f"{what}: your browser fetches {file}")

    def edit(self, file: Path, line: int = 0) -> None:
        """Refuse: an editor would be a program on the host's computer. See `tui.desk.Desk`."""
        self._complain(f"an editor does not open in a browser; {file} is on the host's computer")

    async def take_in(self, messages: Sequence[Message]) -> None:
        """Take in events of keyboard and mouse. Call it on the event loop of the web.

        Returns when the screen and the focused widget have taken in every event so far, or the screen has ended.
        """
        taken = asyncio.get_running_loop().create_future()

        def pass_on() -> None:
            if isinstance(self._driver, BrowserDriver):
                self._driver.process(messages)
            self.call_later(lambda: (self.focused or self).call_later(self.link.settle, taken))

        self._on_its_thread(pass_on)
        await asyncio.wait({taken, self.link.ended}, return_when=asyncio.FIRST_COMPLETED)

    def resize(self, columns: int, rows: int) -> None:
        """Draw another size, in cells. Can be called on any thread."""

        def change() -> None:
            if isinstance(self._driver, BrowserDriver):
                self._driver.resize(columns, rows)

        self._on_its_thread(change)

    def leave(self) -> None:
        """Close the screen, once it is made: Textual cannot end before. Can be called on any thread."""
        self._has_left = True
        self._on_its_thread(lambda: self.exit(0) if self._has_begun else None)

    def hang_up(self) -> None:
        """Close the screen, and no more: this process's own terminal is another one."""
        self.leave()

    def _on_its_thread(self, action: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # its event loop has ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(action)
