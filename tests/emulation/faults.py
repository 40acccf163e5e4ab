"""What may go wrong with a transfer, on demand.

An emulated bus takes its faults from an iterator, one item for each transfer: a `Fault`, or None where all is well. An
iterator that has ended is a bus without faults.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """How one transfer goes wrong."""

    errno: int = 0
    """What the system call fails with; 0 is that it does not."""
    delay: float = 0.0
    """Seconds that it takes longer."""
    short: int | None = None
    """Only so many messages are done; the system call succeeds and returns that number."""

    def strike(self) -> None:
        """Take the time, and raise the OSError if there is one."""
        time.sleep(self.delay)
        if self.errno:
            raise OSError(self.errno, "injected")


Faults = Iterator[Fault | None]


def randomly(probability: float, errors: Sequence[int], seed: int) -> Faults:
    """Fail with one of `errors` in so many of all transfers, the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        yield Fault(chance.choice(errors)) if chance.random() < probability else None
