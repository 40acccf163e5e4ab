"""Drives the screen in tests: sends keys, and reads the text that a person would see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from hostcore.events import CaughtUp, Event
from hostcore.read_only import ReadOnlySession
from hostcore.session import RemoteHost
from tests.scripted_session import ScriptedSession
from tests.settling import exact_waits
from tests.shared_styles import shared_styles
from tui.app import HostApp
from tui.attached import AttachedApp
from tui.desk import NewDriver
from tui.layouts.layout import Layout
from tui.layouts.memory import Memory
from tui.terminal import Terminal

NOW = 1_704_110_400_000_000_000
"""The time on the screen's clock until a test moves it: 2024-01-01T12:00:00Z."""
S = 1_000_000_000
PATIENCE = 30.0
"""Seconds that a test waits before it fails."""


class Screen:
    """A running screen, and its session."""

    def __init__(
        self,
        session: ScriptedSession,
        terminal: Terminal | None,
        start: Callable[[], None] | None,
        remote: RemoteHost | None,
        read_only: str,
        memory: Memory | None = None,
        layout: Layout | None = None,
        resumed: NewDriver | None = None,
        attached: Callable[..., AttachedApp] = AttachedApp,
    ) -> None:
        self.session = session
        self.now_ns = NOW
        used = ReadOnlySession(session, read_only) if read_only else session
        options: dict[str, Any] = {
            "terminal": terminal or Terminal(),
            "now_ns": lambda: self.now_ns,
            "pace": 0.0,
            "memory": memory,
            "layout": layout,
        }
        self.app = (
            attached(used, remote, start=start or self._catch_up, **options)
            if remote
            else HostApp(used, start or (lambda: None), resumed=resumed, **options)
        )
        self.pilot: Pilot[Any]
        self._folded = 0
        self._fold, self.app.view.fold = self.app.view.fold, self._count  # type: ignore[method-assign]

    def _catch_up(self) -> None:
        self.session.publish([CaughtUp(NOW)])

    def _count(self, batch: Iterable[Event]) -> None:
        events = list(batch)
        self._fold(events)
        self._folded += len(events)

    async def publish(self, *events: Event) -> None:
        """Publish events, and wait until the screen shows them."""
        expected = self._folded + len(events)
        self.session.publish(events)
        await self.until(lambda: self._folded >= expected)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` is true."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "this never came:\n" + self.text
            await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*({" ": "space", ".": "full_stop", "(": "left_parenthesis"}.get(each, each) for each in text))

    async def paste(self, text: str) -> None:
        """Paste a text into the field that has the focus. This is faster than to type it."""
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def wait(self, seconds: float) -> None:
        """Advance the screen's clock."""
        self.now_ns += round(seconds * S)
        self.app.update_panes()
        await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        """The text on the screen, row by row."""
        compositor = self.app.screen._compositor
        return [strip.text for strip in compositor.render_strips()]

    @property
    def text(self) -> str:
        """The text on the screen."""
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """The text on the screen in one line, without frames: sentences are wrapped."""
        return " ".join(self.text.translate(dict.fromkeys(map(ord, "║│▌"), " ")).split())

    def line(self, *words: str) -> str:
        """The only row that has all these words."""
        found = [line for line in self.lines if all(word in line for word in words)]
        assert len(found) == 1, f"{len(found)} rows with {words}:\n{self.text}"
        return found[0]


def drive(
    scenario: Callable[[Screen], Awaitable[None]],
    session: ScriptedSession | None = None,
    size: tuple[int, int] = (80, 24),
    terminal: Terminal | None = None,
    start: Callable[[], None] | None = None,
    remote: RemoteHost | None = None,
    read_only: str = "",
    memory: Memory | None = None,
    layout: Layout | None = None,
    resumed: NewDriver | None = None,
    attached: Callable[..., AttachedApp] = AttachedApp,
    *,
    every_frame: bool = False,
) -> None:
    """Run a screen of this size through `scenario`. `read_only` says why it may only look, if it may not do more.

    A screen with a `remote` host has no past to wait for, unless `start` says otherwise; `attached` makes it. A test
    that looks at `every_frame` gets also those after which more is drawn at once.
    """

    async def run() -> None:
        used = session or ScriptedSession()
        screen = Screen(used, terminal, start, remote, read_only, memory, layout, resumed, attached)
        async with screen.app.run_test(size=size, notifications=True) as screen.pilot:
            with exact_waits(screen.app, every_frame=every_frame):
                await screen.pilot.pause()
                await scenario(screen)
                screen.app.workers.cancel_all()  # a search of the palette fails if its list goes first

    with shared_styles():
        asyncio.run(run())
