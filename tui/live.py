"""Screens over the panes that go on while one looks."""

from __future__ import annotations

from abc import abstractmethod


class Live:
    """Mixed into such a screen."""

    @abstractmethod
    def update(self, now_ns: int) -> None:
        """Something has happened, or a second has gone by."""
