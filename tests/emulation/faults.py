"""Faults of transfers, on demand.

An emulated bus takes its faults from an iterator, one item for each transfer: a `Fault`, or None for a transfer without
fault. After the end of the iterator there are no more faults.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault of one transfer."""

    errno: int = 0
    """The errno of the system call; 0 if it does not fail."""
    delay: float = 0.0
    """Seconds that the transfer takes longer."""
    short: int | None = None
    """Number of messages that are done. The system call succeeds and returns this number."""

    def strike(self) -> None:
        """Wait, and raise the OSError if there is one."""
        time.sleep(self.delay)
        if self.errno:
            raise OSError(self.errno, "injected")


Faults = Iterator[Fault | None]


def randomly(probability: float, errors: Sequence[int], seed: int) -> Faults:
    """Fail with one of `errors` at this probability. Equal seeds give equal faults."""
    chance = random.Random(seed)
    while True:
        yield Fault(chance.choice(errors)) if chance.random() < probability else None
