"""Screens over the panes that change while they are shown."""

from __future__ import annotations

from abc import abstractmethod

from tui.closable import Closable
from tui.desk import Desk


class LiveScreen(Closable[None]):
    """A full screen that is told of news, as the panes are.

    Args:
        desk: the screen around it.

    Attributes:
        desk: the screen around it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    @abstractmethod
    def update(self, now_ns: int) -> None:
        """Show what is new. Called after every batch of events, and at least once a second.

        Args:
            now_ns: the wall clock.
        """
