"""The host's memory that one instance uses: how much its largest call took, and whose large call has its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.runtime.native.library import Address

ELEMENT_COST = 144
"""Bytes of the host for an element of a list: 48 in wasmtime, 32 in its C API, 32 in the copy of that, 32 in Python."""
TEXT_COST = 4
"""Bytes of the host for each byte of a text: in wasmtime, in its C API, in the copy of that, and in Python."""
LARGE = 10_000 * ELEMENT_COST
"""A call that takes more bytes waits for its turn. The largest legal transaction (10,000 bytes) never does, so that no
call waits for a bus while it has the turn."""
_POLL = 0.05
"""Seconds between two checks whether a call that waits for its turn must end."""

_TURN = threading.RLock()  # a nested call belongs to the thread that has the turn


class HostShare:
    """What one instance's calls make the host hold. For the instance's own thread.

    Args:
        check: raises `Trap` if the instance must not continue.

    Attributes:
        check: as above.
        peak_bytes: an estimate of the most bytes of the host's memory that one call took.
        was_large: whether a call took a turn, and so left memory that is worth giving back.
    """

    def __init__(self, check: Callable[[], None]) -> None:
        self.check = check
        self.peak_bytes = 0
        self.held_bytes = 0
        self.was_large = False
        self._has_turn = False

    def take(self, size: int) -> None:
        """Count `size` bytes that the present call takes. Blocks while another instance's large call has its turn.

        Raises:
            Trap: the instance must not continue.
        """
        self.held_bytes += size
        self.peak_bytes = max(self.peak_bytes, self.held_bytes)
        if self.held_bytes > LARGE and not self._has_turn:
            while not _TURN.acquire(timeout=_POLL):
                self.check()
            self._has_turn = self.was_large = True

    def end(self) -> None:
        """The present call has ended. Call it on the thread that called `take`."""
        self.held_bytes = 0
        if self._has_turn:
            self._has_turn = False
            _TURN.release()


SHARES: dict[Address, HostShare] = {}
"""The shares of the living instances, by the address of their store's context."""


def charge(context: Address, size: int) -> None:
    """Count `size` bytes for the instance at `context`. Blocks and raises like `HostShare.take`."""
    share = SHARES.get(context)
    if share is not None:
        share.take(size)
