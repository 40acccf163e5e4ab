"""Room in memory that many messages share."""

from __future__ import annotations


class Room:
    """Bytes that large messages share. Small ones always find room, so that a large one keeps none of them out.

    Args:
        small: bytes of a message up to which it is small.
        most: bytes of all larger ones together.
    """

    def __init__(self, small: int, most: int) -> None:
        self._small, self._most = small, most
        self._used = 0

    def exchange(self, before: int, after: int) -> bool:
        """Let a message take the place of another one.

        Args:
            before: bytes of the one that goes; 0 for none.
            after: bytes of the one that comes; 0 for none.

        Returns:
            Whether there is room for it. If not, nothing has changed.
        """
        used = self._used - self._shared(before) + self._shared(after)
        if used > self._most and used > self._used:
            return False
        self._used = used
        return True

    def _shared(self, size: int) -> int:
        return size if size > self._small else 0
