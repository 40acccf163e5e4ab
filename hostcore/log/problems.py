"""Problems on their way to a log: each is told once, however often it comes."""

from __future__ import annotations


class Problems:
    """Collects problems until they are taken. For one thread.

    Args:
        most: how many are told at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: set[str] = set()
        self._new: list[str] = []

    def add(self, text: str) -> None:
        """Add a problem, in one line of text that is not yet escaped. One that came before is not told again."""
        if text not in self._told and len(self._told) < self._most:
            self._told.add(text)
            self._new.append(text)

    def take(self) -> tuple[str, ...]:
        """Return the new problems since the last call."""
        new, self._new = self._new, []
        return tuple(new)

    def forget(self) -> None:
        """Tell problems again that come again."""
        self._told.clear()
