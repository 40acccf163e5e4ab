"""Screens over the panes that a key closes."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

T = TypeVar("T")


class Closable(Screen[T]):
    """A screen whose key to close it never closes another one.

    Textual's would close the screen on top: one that an answer has opened between the key and its action. It would
    itself stay, and break the program at the next key.
    """

    async def action_dismiss(self, result: T | None = None) -> None:
        """Close it with a result, unless another screen lies over it by now. Textual calls this."""
        await self._flush_next_callbacks()
        if self.app.screen is self:
            self.dismiss(result)
