"""Keeps what a person types until there is something on the screen that it can be for."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App

MOST_KEPT = 1000
"""Keys, pastes and clicks that are kept. Later ones are dropped, and so are all movements of the mouse."""


class KeptKeys:
    """What a person types too early. For the screen's own thread.

    Args:
        app: the app that gets the keys.
        pass_on: handles an event as if it came now.
    """

    def __init__(self, app: App[int], pass_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._pass_on = app, pass_on
        self._kept: deque[events.Event] = deque()
        self._are_kept = True

    def __len__(self) -> int:
        """How many wait."""
        return len(self._kept)

    @property
    def are_kept(self) -> bool:
        """Whether keys are kept now."""
        return self._are_kept

    def keep(self, event: events.Event) -> bool:
        """Keep an event if it is input and input is kept. Returns whether it must not be handled now."""
        if not (self._are_kept and isinstance(event, events.InputEvent | events.Paste)):
            return False
        if len(self._kept) < MOST_KEPT and not isinstance(event, events.MouseMove):
            self._kept.append(event)
        return True

    async def release(self) -> None:
        """Let everything that was kept take effect, each after the one before has, and keep nothing more."""
        if self._kept:
            await self._pass_on(self._kept.popleft())
            self._app.call_later(lambda: (self._app.focused or self._app).call_later(self.release))
        else:
            self._are_kept = False
