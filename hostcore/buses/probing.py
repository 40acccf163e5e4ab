"""Finds out which addresses of an I2C bus answer, by the same probes as i2cdetect (i2c-tools, tools/i2cdetect.c).

Unlike i2cdetect it asks again where somebody answered or the bus failed, so that ghosts are told from devices.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from hostcore.backends.base import (
    I2C_FIRST_ADDRESS,
    I2C_LAST_ADDRESS,
    I2cBus,
    I2cOperation,
    I2cRead,
    I2cWrite,
)
from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.devices.known_chips import candidates
from hostcore.errors import BusError, ClaimedByKernelError, HostError, NoAcknowledgeError, UnsupportedError
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts, ScanMode

Hold = Callable[[], AbstractContextManager[object]]
"""Gives the bus to whoever is in the context, as `Buses.held` does."""

ADDRESSES = range(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS + 1)
"""What is probed: all addresses that a device may have, as i2cdetect does without -a."""
READ_ADDRESSES = (*range(0x30, 0x38), *range(0x50, 0x60))
"""Where i2cdetect reads unless told otherwise: EEPROMs, which a quick write may corrupt."""
PAUSE_NS = 1_000_000
"""Nanoseconds that the bus is free after each probe: a lock that is taken again at once lets nobody else in."""
QUICK_WRITE = I2cWrite(b"")
READ_BYTE = I2cRead(1)
PROBES: tuple[I2cOperation, ...] = (QUICK_WRITE, READ_BYTE)
"""All ways of asking whether somebody is there."""


def scan(
    bus: I2cBus,
    hold: Hold,
    mode: ScanMode,
    *,
    probes: int = 3,
    offered: Collection[I2cOperation] = PROBES,
    clock: Clock | None = None,
    seconds: float = 30.0,
    stop: threading.Event | None = None,
) -> tuple[Probed, ...]:
    """Probe every address. Blocks for a fifth of a second on a healthy bus, and for little more than `seconds` at most,
    unless `hold` keeps it waiting.

    The first probe of an address is the one that i2cdetect would make; the others only confirm what it found.

    Args:
        bus: the bus.
        hold: gives it to one probe; between two of them it is free for others.
        mode: how to probe.
        probes: how often an address is asked that does not plainly stay silent, at least 1.
        offered: the adapter's `probes_offered`; addresses that would need another one are left out.
        clock: times it; the machine's own where there is none.
        seconds: after so long no further address is probed; those left are faults that say so.
        stop: ends it when set.

    Returns:
        The addresses in order, without those that the adapter has no way of probing.

    Raises:
        UnsupportedError: those would be all of them.
        HostError: it was stopped.
    """
    clock = clock or RealClock()
    prober = _Prober(bus, hold, probes, clock, stop or threading.Event())
    deadline = clock.monotonic_ns() + round(seconds * NS_PER_S)
    found = []
    for address in ADDRESSES:
        operation = probe_of(mode, address)
        if operation not in offered:
            continue
        if clock.monotonic_ns() < deadline:
            found.append(prober.judge(address, operation))
        else:
            found.append(Probed(address, Presence.FAULT, f"not probed: the scan had taken {seconds:g} s by then"))
    if not found:
        raise UnsupportedError(f"the adapter has no way to probe in mode {mode}; try another mode")
    return tuple(found)


def identify(bus: I2cBus, hold: Hold, address: int) -> tuple[tuple[str, ...], str]:
    """Tell which of the known chips is at an address, by their identities. Blocks for some milliseconds.

    Writes the number of each register before reading it: a chip without registers may take that for data.

    Args:
        bus: the bus.
        hold: gives it to one transaction; between two of them it is free for others.
        address: 7 bits.

    Returns:
        The chips whose identity is there, none where it is another chip; and one line for a person on what was read.
    """
    chips = [(chip.name, chip.identity) for chip in candidates(address) if chip.identity]
    if not chips:
        return (), "no chip that is known at this address has a register that tells it from others"
    questions = dict.fromkeys((identity.register, len(identity.value)) for _, identity in chips)
    answers = {question: _ask(bus, hold, address, *question) for question in questions}
    names = [name for name, identity in chips if answers[identity.register, len(identity.value)] == identity.value]
    read = ", ".join(
        f"0x{register:02x} reads {answer.hex(' ') if isinstance(answer, bytes) else f'nothing ({answer})'}"
        for (register, _), answer in answers.items()
    )
    return tuple(names), read


def _ask(bus: I2cBus, hold: Hold, address: int, register: int, length: int) -> bytes | str:
    """What a register reads, or why nothing."""
    try:
        with hold():
            (answer,) = bus.transaction(address, (I2cWrite(bytes([register])), I2cRead(length)))
    except BusError as error:
        return error.problem
    return answer


def probes_offered(facts: BusFacts) -> tuple[I2cOperation, ...]:
    """What the adapter of an I2C bus can probe with. Nothing goes over the wires.

    Raises:
        BusFaultError: it was unplugged meanwhile.
    """
    if not facts.is_real:
        return PROBES
    from hostcore.backends.linux import i2c_probes  # noqa: PLC0415 - loads smbus2

    return i2c_probes.probes_offered(facts.name.number)


def probe_of(mode: ScanMode, address: int) -> I2cOperation:
    """What is sent to find out whether somebody is at `address`."""
    if mode is ScanMode.AUTO:
        return READ_BYTE if address in READ_ADDRESSES else QUICK_WRITE
    return READ_BYTE if mode is ScanMode.READ else QUICK_WRITE


def grid(probed: Iterable[Probed]) -> str:
    """The table that i2cdetect prints, without its last line break; addresses that were not probed stay blank."""
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
    def __init__(self, bus: I2cBus, hold: Hold, probes: int, clock: Clock, stop: threading.Event) -> None:
        self._bus, self._hold, self._probes, self._clock, self._stop = bus, hold, probes, clock, stop

    def judge(self, address: int, operation: I2cOperation) -> Probed:
        """Probe as often as it takes."""
        first = self._probe(address, operation)
        if isinstance(first, NoAcknowledgeError):
            return Probed(address, Presence.ABSENT, "")
        if isinstance(first, ClaimedByKernelError):
            return Probed(address, Presence.KERNEL, first.problem)
        outcomes = [first, *(self._probe(address, operation) for _ in range(1, self._probes))]
        return _verdict(address, outcomes)

    def _probe(self, address: int, operation: I2cOperation) -> BusError | None:
        """Probe once, then leave the bus to others; None where somebody answered."""
        failure = None
        with self._hold():
            try:
                self._bus.transaction(address, (operation,))
            except BusError as error:
                failure = error
        if self._clock.wait_until(self._clock.monotonic_ns() + PAUSE_NS, self._stop):
            raise HostError("the scan was stopped")
        return failure


def _verdict(address: int, outcomes: list[BusError | None]) -> Probed:
    failures = [outcome for outcome in outcomes if outcome is not None]
    if not failures:
        return Probed(address, Presence.PRESENT, "")
    presence = Presence.GHOST if outcomes[0] is None else Presence.FAULT
    reason = failures[0].problem
    answered = len(outcomes) - len(failures)
    if not answered:
        return Probed(address, presence, reason)
    return Probed(address, presence, f"answered {answered} of {len(outcomes)} probes, else: {reason}")
