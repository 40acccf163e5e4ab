"""Errors of a transfer. The plugin gets them as a WIT `err`."""

from __future__ import annotations

from hostcore.errors.host import HostError
from hostcore.place import Place


class BusError(HostError):
    """A transfer on a bus failed. The plugin gets this as a WIT `err`, never as a trap.

    Args:
        problem: what happened, without the place.
        place: where it happened; None if the problem names the place or no single place is concerned.
        device: the device file of the bus; the message names it beside the bus.

    Attributes:
        problem: the argument `problem`.
        place: the argument `place`.
    """

    def __init__(self, problem: str, place: Place | None = None, *, device: str = "") -> None:
        self.problem, self.place = problem, place
        super().__init__(f"{place.described(device)}: {problem}" if place else problem)

    @property
    def errno(self) -> int | None:
        """The kernel's error number (errno(3)); None if no system call failed."""
        return self.__cause__.errno if isinstance(self.__cause__, OSError) else None


class NoAcknowledgeError(BusError):
    """No device acknowledged the address, or the device refused a byte."""


class ArbitrationLostError(BusError):
    """Another controller won the bus during the transfer."""


class BusTimeoutError(BusError):
    """The transfer, or the wait for the bus, took longer than allowed."""


class BusFaultError(BusError):
    """The wires misbehaved: a misplaced start or stop, a line that is stuck low, an input/output error."""


class AccessDeniedError(BusError):
    """The plugin has no permission for this access, or the device belongs to another plugin."""


class UnsupportedError(BusError):
    """The bus, this backend or this device cannot do what was asked."""


class ClaimedByKernelError(UnsupportedError):
    """A kernel driver uses the address, so user space cannot."""


class LineClaimedError(UnsupportedError):
    """Another program or a kernel driver holds the GPIO line.

    Attributes:
        claimed_by: what holds it; "" if that is not known.
    """

    def __init__(self, problem: str, place: Place | None = None, claimed_by: str = "") -> None:
        self.claimed_by = claimed_by
        super().__init__(problem, place)
