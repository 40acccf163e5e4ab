"""A screen without a terminal that outlives many cases, and is started again when a case has left it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.app import ScreenStackError

from tests.screen import Screen
from tests.scripted_session import ScriptedSession
from tui.terminal import Terminal

Scenario = Callable[[Screen], Awaitable[None]]
SIZE = (100, 30)
"""Columns and rows."""


class HeadlessScreen:
    """A screen on an event loop that runs only during `play`.

    Args:
        session: makes the session of each new screen.
    """

    def __init__(self, session: Callable[[], ScriptedSession]) -> None:
        self._session, self._loop = session, asyncio.new_event_loop()
        self._scenarios: asyncio.Queue[Scenario | None] = asyncio.Queue()
        self._played: asyncio.Queue[None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def play(self, scenario: Scenario) -> None:
        """Run `scenario` on the screen, and fail if the screen breaks. A screen that was left is started again."""
        self._loop.run_until_complete(self._play(scenario))

    def close(self) -> None:
        """End the screen."""
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _play(self, scenario: Scenario) -> None:
        self._task = self._task or asyncio.create_task(self._run())
        self._scenarios.put_nowait(scenario)
        played = asyncio.create_task(self._played.get())
        await asyncio.wait([self._task, played], return_when=asyncio.FIRST_COMPLETED)
        if not played.done():  # the scenario has ended the screen
            played.cancel()
            await self._end()

    async def _end(self) -> None:
        """End the screen. Raises the exception that broke it."""
        task, self._task = self._task, None
        if task is not None:
            self._scenarios.put_nowait(None)
            try:
                await task
            finally:
                self._scenarios = asyncio.Queue()

    async def _run(self) -> None:
        """One screen, from its start to its end. It is in one task, as Textual demands."""
        screen = Screen(self._session(), Terminal(), lambda: None, None, None, "")
        screen.app.save = lambda *_: None  # type: ignore[method-assign] - a case may type any path
        broke: Exception | None = None
        try:
            async with screen.app.run_test(size=SIZE, notifications=True) as screen.pilot:
                while not (broke or screen.app._exit) and (scenario := await self._scenarios.get()):
                    broke = await self._exception_of(scenario, screen)
        except ScreenStackError:
            if not (broke or screen.app._exit):
                raise  # the end of a screen overtakes keys that still wait, but only that
        if broke:
            raise broke

    async def _exception_of(self, scenario: Scenario, screen: Screen) -> Exception | None:
        try:
            await scenario(screen)
            await screen.pilot.pause()
        except Exception as problem:  # noqa: BLE001 - what ends the screen must not hide what broke it
            return problem
        if not (screen.app._exit or screen.app._exception):
            self._played.put_nowait(None)
        return screen.app._exception
