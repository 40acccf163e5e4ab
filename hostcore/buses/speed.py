"""The clock of an I2C bus, as its transfers show it."""

from __future__ import annotations

from collections import deque

from hostcore.clock import NS_PER_S
from hostcore.events import Outcome, TransferCompleted

LEAST_BYTES = 8
"""Bytes that a transfer must carry. In a shorter one, the time of the kernel and of Python counts for too much."""
TRANSFERS = 100
"""Transfers whose fastest one shows the clock."""
CLOCKS_PER_BYTE = 9
"""Eight bits and the acknowledge (UM10204 section 3.1.5)."""
CLOCKS_BESIDE = 2
"""A start and a stop take about one clock each (UM10204 table 10)."""
DIGITS = 2
"""The digits to which a clock is rounded. More would change with each transfer."""


class BusSpeed:
    """The clock of one bus, from the newest transfers. Pure; for one thread.

    The fastest transfer counts: devices can stretch the clock, and the kernel can let a transfer wait. The real clock
    is at least this fast.
    """

    def __init__(self) -> None:
        self._clocks: deque[float] = deque(maxlen=TRANSFERS)

    def take(self, event: TransferCompleted) -> None:
        """Take in a transfer on the bus. One that failed or is simulated shows nothing."""
        size = sum(len(each.data) for each in event.messages)
        if event.outcome is not Outcome.OK or event.is_simulated or size < LEAST_BYTES or event.duration_ns <= 0:
            return
        clocks = CLOCKS_PER_BYTE * (size + len(event.messages)) + CLOCKS_BESIDE  # each message begins with an address
        self._clocks.append(clocks * NS_PER_S / event.duration_ns)

    @property
    def hz(self) -> int | None:
        """The clock in Hz, to `DIGITS` digits; None if no transfer shows it."""
        return round(float(f"{max(self._clocks):.{DIGITS}g}")) if self._clocks else None
