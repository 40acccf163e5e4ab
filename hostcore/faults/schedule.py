"""Decides which transfers a fault strikes."""

from __future__ import annotations

import random
import threading

from hostcore.clock import NS_PER_S
from hostcore.faults.model import Fault


class Schedule:
    """The strikes of one fault. Equal seeds and equal transfers give equal strikes. Thread-safe; never blocks.

    Args:
        fault: the fault.
        seed: the seed of its chances.
        started_ns: the moment that its times count from, on the host's monotonic clock.

    Attributes:
        fault: the fault.
        chance: the random numbers for what a strike does. Only for the holder of the bus.
    """

    def __init__(self, fault: Fault, seed: str, started_ns: int) -> None:
        self.fault, self._started_ns = fault, started_ns
        self.chance = random.Random(f"{seed} strength")
        self._dice = random.Random(f"{seed} schedule")
        self._count = 0
        self._lock = threading.Lock()

    def is_on(self, now_ns: int) -> bool:
        """Whether the fault may strike now. Looking does not count as a transfer."""
        return self.fault.is_on((now_ns - self._started_ns) / NS_PER_S)

    def strikes(self, now_ns: int) -> bool:
        """Whether the fault strikes the transfer that begins now. Call it once for each transfer of its devices."""
        fault = self.fault
        if not self.is_on(now_ns):
            return False
        with self._lock:
            self._count += 1
            if self._count % fault.every:
                return False
            return fault.probability >= 1 or self._dice.random() < fault.probability
