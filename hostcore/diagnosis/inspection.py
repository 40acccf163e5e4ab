"""Looks at a simulated bus when a rule needs it. On a real bus, only a person scans: a scan can disturb chips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.rules.silence import answering, is_silent
from hostcore.errors import HostError
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


class Scanner(Protocol):
    """The scans of a host. Each returns at once; an event tells the result."""

    def scan(self, bus: int, mode: ScanMode) -> None:
        """See `hostcore.session.Session`."""

    def identify(self, bus: int, address: int) -> None:
        """See `hostcore.session.Session`."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at."""

    bus: BusName
    address: int | None
    """The address to identify; None for a scan of the bus."""
    cause_ns: int
    """When the reason for it came up. Nothing is looked at twice for one reason."""


def looks_needed(case: Case) -> Iterator[Look]:
    """Yield what would help the rules: a scan if an address is silent, then the identity of chips that nobody uses."""
    silent = [each for each in case.i2c_devices() if case.facts.simulates(each.bus) and is_silent(case, each)]
    for device in silent:
        bus = case.buses[device.bus]
        if bus.scan is None or bus.scan.time_ns < device.streak_ns:
            yield Look(device.bus, None, device.streak_ns)
            continue
        for address in answering(case, device.bus):
            if not case.is_used(device.bus, address) and address not in bus.identities:
                yield Look(device.bus, address, bus.scan.time_ns)


class Inspection:
    """Asks for the looks that are needed, one at a time. For one thread; never blocks.

    Args:
        case: the evidence.
        scanner: does the scans.
        tell: takes one line for the log about each scan.
    """

    def __init__(self, case: Case, scanner: Scanner, tell: Callable[[str], None]) -> None:
        self._case, self._scanner, self._tell = case, scanner, tell
        self._done: set[Look] = set()

    def inspect(self) -> None:
        """Begin the next look, unless another scan is running."""
        needed = list(dict.fromkeys(looks_needed(self._case)))
        self._done.intersection_update(needed)
        for look in needed:
            if look not in self._done:
                self._begin(look)
                return

    def _begin(self, look: Look) -> None:
        try:
            if look.address is None:
                self._scanner.scan(look.bus.number, ScanMode.AUTO)
            else:
                self._scanner.identify(look.bus.number, look.address)
        except HostError:
            return  # another scan is running: the next time
        self._done.add(look)
        if look.address is None:
            self._tell(f"the diagnosis scans {look.bus}, because an address is silent there and the bus is simulated")
