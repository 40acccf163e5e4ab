"""The faults of one device, as its wrapper uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hostcore.clock import Clock
from hostcore.faults.model import Fault, FaultKind
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from hostcore.faults.schedule import Schedule

NS_PER_MS = 1_000_000
ON_DEMAND = "a fault on demand"
"""Stands in every error that a fault causes, so that nobody searches for it in the wires."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How a fault lets time pass."""

    clock: Clock
    ending: threading.Event
    """Ends every wait when it is set."""

    def let_pass(self, milliseconds: float) -> None:
        """Block for this time, or until the end."""
        self.clock.wait_until(self.clock.monotonic_ns() + round(milliseconds * NS_PER_MS), self.ending)


class Struck:
    """The faults that strike one transfer.

    Args:
        schedules: these faults.
    """

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self._schedules = schedules

    def __bool__(self) -> bool:
        return bool(self._schedules)

    def of(self, kind: FaultKind) -> Iterable[tuple[Fault, Schedule]]:
        """Those of one kind."""
        return [(each.fault, each) for each in self._schedules if each.fault.kind is kind]

    def has(self, kind: FaultKind) -> bool:
        """Whether any of them is of this kind."""
        return any(each.fault.kind is kind for each in self._schedules)


class Faulty:
    """The base of all wrappers.

    Args:
        schedules: the faults of this device or bus.
        waiting: lets time pass.

    Attributes:
        struck: whether a fault struck the last transfer. For the holder of the bus.
    """

    def __init__(self, schedules: Sequence[Schedule], waiting: Waiting) -> None:
        self._schedules, self._waiting = schedules, waiting
        self.struck = False

    def _strike(self, address: int | None = None) -> Struck:
        """Begin a transfer: find out what strikes it, and let it begin late.

        Args:
            address: the device on a bus of several; None if all faults are those of one device.
        """
        now_ns = self._waiting.clock.monotonic_ns()
        concerned = [each for each in self._schedules if address is None or each.fault.address in {None, address}]
        struck = Struck([each for each in concerned if each.strikes(now_ns)])
        self.struck = bool(struck)
        for fault, _ in struck.of(FaultKind.DELAY):
            self._waiting.let_pass(fault.strength)
        return struck

    def _is_on(self, kind: FaultKind) -> bool:
        """Whether there is a fault of this kind now. This is no transfer: it strikes nothing."""
        now_ns = self._waiting.clock.monotonic_ns()
        return any(each.fault.kind is kind and each.is_on(now_ns) for each in self._schedules)
