"""Finds the addresses of an I2C bus that answer, with the probes of i2cdetect (i2c-tools, tools/i2cdetect.c).

Unlike i2cdetect, it probes all addresses three times, one round after the other. A chip that misses one probe, because
it is busy or its wire is loose, is found in another round some 0.1 s later. One that answers only sometimes is a ghost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.errors import BusError, ClaimedByKernelError, HostError, NoAcknowledgeError, UnsupportedError
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS

Outcome = BusError | None
"""The outcome of a probe; None if a device answered."""
Hold = Callable[[], AbstractContextManager[object]]
"""Makes a context that holds the bus, as `Buses.held` does."""

ADDRESSES = range(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS + 1)
"""The addresses that are probed: all that a device may have. i2cdetect probes the same ones without its option -a."""
READ_ADDRESSES = (*range(0x30, 0x38), *range(0x50, 0x60))
"""The addresses at which i2cdetect reads by default: those of EEPROMs, which a quick write may corrupt."""
PAUSE_NS = 1_000_000
"""Nanoseconds for which the bus is free after each probe, so that plugins can use it."""
PROBES_EACH = 3
"""How often each address is probed. One scan in 27 misses a chip that misses every third probe at random. All addresses
take 0.45 s at 100 kHz, because the pauses are longer than the probes."""
QUICK_WRITE = I2cWrite(b"")
READ_BYTE = I2cRead(1)
PROBES: tuple[I2cOperation, ...] = (QUICK_WRITE, READ_BYTE)
"""All kinds of probes."""


def scan(
    bus: I2cBus,
    hold: Hold,
    mode: ScanMode,
    *,
    probes: int = PROBES_EACH,
    offered: Collection[I2cOperation] = PROBES,
    clock: Clock | None = None,
    seconds: float = 30.0,
    stop: threading.Event | None = None,
    tell: Callable[[int, int, int], object] = lambda _address, _done, _whole: None,
) -> tuple[Probed, ...]:
    """Probe every address.

    Blocks for 0.5 s on a healthy bus, and for little more than `seconds` at most, plus the time that `hold` waits. The
    first probe of an address is the one that i2cdetect would make. The others only confirm its result.

    Args:
        bus: the bus.
        hold: makes the context for one probe. The bus is free for others between two probes.
        mode: how to probe.
        probes: how often to probe each address, at least 1. What a kernel driver uses is probed once.
        offered: the probes that the adapter can make (`probes_offered`). Addresses that need another one are left out.
        clock: the clock for `seconds` and for the pauses; by default the computer's.
        seconds: after this time no further address is probed. Those that were never probed become faults that say so.
        stop: ends the scan when it is set.
        tell: takes the progress before each probe: its address, the number of probes so far, and that of all probes.

    Returns:
        The results in the order of addresses, without the addresses that the adapter cannot probe.

    Raises:
        UnsupportedError: the adapter can probe none of the addresses in this mode.
        HostError: the scan was stopped.
    """
    clock = clock or RealClock()
    probe = _Prober(bus, hold, clock, stop or threading.Event())
    deadline = clock.monotonic_ns() + round(seconds * NS_PER_S)
    outcomes = {each: list[Outcome]() for each in ADDRESSES if probe_of(mode, each) in offered}
    if not outcomes:
        raise UnsupportedError(f"the adapter cannot probe in mode {mode}; try another mode")
    planned = [address for _round in range(probes) for address in outcomes]
    for done, address in enumerate(planned):
        if clock.monotonic_ns() >= deadline:
            break
        if not _is_claimed(outcomes[address]):
            tell(address, done, len(planned))
            outcomes[address].append(probe(address, probe_of(mode, address)))
    late = f"not probed: the scan had already taken {seconds:g} s"
    return tuple(_verdict(*each) if each[1] else Probed(each[0], Presence.FAULT, late) for each in outcomes.items())


def probes_offered(facts: BusFacts) -> tuple[I2cOperation, ...]:
    """Return the probes that the adapter of an I2C bus can make. Nothing goes over the wires.

    Raises:
        BusFaultError: the adapter was unplugged.
    """
    if not facts.is_real:
        return PROBES
    from hostcore.backends.linux import i2c_probes  # noqa: PLC0415 - loads smbus2

    return i2c_probes.probes_offered(facts.name.number)


def probe_of(mode: ScanMode, address: int) -> I2cOperation:
    """Return the probe for `address`."""
    if mode is ScanMode.AUTO:
        return READ_BYTE if address in READ_ADDRESSES else QUICK_WRITE
    return READ_BYTE if mode is ScanMode.READ else QUICK_WRITE


def grid(probed: Iterable[Probed]) -> str:
    """Return the table that i2cdetect prints, without the last newline. Addresses that were not probed are blank."""
    cells = {each.address: _cell(each) for each in probed}
    header = "     " + "  ".join(f"{column:x}" for column in range(16))
    rows = (_row(first, [cells.get(first + column, "") for column in range(16)]) for first in range(0, 0x80, 16))
    return "\n".join([header, *rows])


def _row(first: int, cells: list[str]) -> str:
    return f"{first:02x}: " + "".join(f"{cell:2} " for cell in cells)


def _cell(probed: Probed) -> str:
    match probed.presence:
        case Presence.PRESENT | Presence.GHOST:
            return f"{probed.address:02x}"
        case Presence.KERNEL:
            return "UU"
        case Presence.ABSENT | Presence.FAULT:
            return "--"


class _Prober:
    """Makes one probe at a time, and leaves the bus to others after each."""

    def __init__(self, bus: I2cBus, hold: Hold, clock: Clock, stop: threading.Event) -> None:
        self._bus, self._hold, self._clock, self._stop = bus, hold, clock, stop

    def __call__(self, address: int, operation: I2cOperation) -> Outcome:
        failure = None
        with self._hold():
            try:
                self._bus.transaction(address, (operation,))
            except BusError as error:
                failure = error
        if self._clock.wait_until(self._clock.monotonic_ns() + PAUSE_NS, self._stop):
            raise HostError("the scan was stopped")
        return failure


def _is_claimed(outcomes: Sequence[Outcome]) -> bool:
    return bool(outcomes) and isinstance(outcomes[0], ClaimedByKernelError)


def _verdict(address: int, outcomes: Sequence[Outcome]) -> Probed:
    """Return the result of an address that was probed at least once."""
    failures = [outcome for outcome in outcomes if outcome is not None]
    if not failures:
        return Probed(address, Presence.PRESENT, "")
    if _is_claimed(outcomes):
        return Probed(address, Presence.KERNEL, failures[0].problem)
    faults = [failure for failure in failures if not isinstance(failure, NoAcknowledgeError)]
    reason = (faults or failures)[0].problem
    if answered := len(outcomes) - len(failures):
        return Probed(address, Presence.GHOST, f"answered {answered} of {len(outcomes)} probes, otherwise: {reason}")
    return Probed(address, Presence.FAULT, reason) if faults else Probed(address, Presence.ABSENT, "")
