"""What a person types before there is something for it is kept, in its order and within a bound."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from textual import events
from textual.app import App

from tui.kept_keys import MOST_KEPT, KeptKeys


class Screen:
    """In place of an app: it calls later at once, and has no focus."""

    focused = None

    def __init__(self) -> None:
        self.got: list[events.Event] = []
        self.kept = KeptKeys(cast("App[int]", self), self.take)

    async def take(self, event: events.Event) -> None:
        self.got.append(event)

    def call_later(self, callback: Any) -> None:
        self._later = callback

    def release(self) -> None:
        """Let everything take effect."""

        async def run() -> None:
            await self.kept.release()
            while self.kept.are_kept:
                result = self._later()
                if result is not None:
                    await result

        asyncio.run(run())


def key(name: str) -> events.Key:
    return events.Key(name, name)


def move() -> events.MouseMove:
    return events.MouseMove(None, 1, 1, 1, 0, 0, False, False, False)


def test_keys_and_pastes_take_effect_in_their_order() -> None:
    screen = Screen()
    typed = [key("a"), events.Paste("b"), key("c")]
    assert all(screen.kept.keep(each) for each in typed)
    assert screen.got == []
    screen.release()
    assert screen.got == typed
    assert not screen.kept.keep(key("d")), "later ones go their usual way"


def test_a_mouse_that_moves_leaves_no_key_without_a_place() -> None:
    screen, typed = Screen(), key("a")
    for _ in range(MOST_KEPT + 1):
        assert screen.kept.keep(move())
    screen.kept.keep(typed)
    screen.release()
    assert screen.got == [typed]


def test_what_is_beyond_the_bound_is_dropped() -> None:
    screen = Screen()
    for _ in range(MOST_KEPT + 5):
        assert screen.kept.keep(key("a"))
    assert len(screen.kept) == MOST_KEPT


def test_other_events_are_not_kept() -> None:
    assert not Screen().kept.keep(events.AppFocus())
