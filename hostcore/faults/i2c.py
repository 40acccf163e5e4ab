"""An I2C bus with faults on demand, above any backend."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Sequence
from functools import partial

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.backends.i2c import I2cSettings, Levels, Recovery
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, NoAcknowledgeError, UnsupportedError
from hostcore.faults.active import NS_PER_MS, ON_DEMAND, Faulty, Struck, Waiting
from hostcore.faults.answers import Patch, cleared, patched, with_second, with_wrong_crc
from hostcore.faults.model import LONGEST_WAIT_MS, STRETCH_LIMIT_MS, Fault, FaultKind
from hostcore.faults.schedule import Schedule
from hostcore.faults.site import SiteFacts
from hostcore.place import BusName, Place
from hostcore.quick_dataclass import dataclass


@dataclass(slots=True)
class _Site:
    """What is known of the chip at one address."""

    pointer: int | None = None
    """The register that the next read begins with: the first byte of the last write."""
    written_ns: int | None = None
    """The moment of the last write of more than a register's number; None if there was none."""


class FaultyI2cBus(Faulty, I2cBus):
    """An I2C bus whose transfers fail or bring wrong bytes, as its faults say.

    The errors have the numbers of a Pi 0 to 4 (Linux drivers/i2c/busses/i2c-bcm2835.c): EREMOTEIO without an
    acknowledge, EIO after too much clock stretching, ETIMEDOUT if the controller does not finish.

    Args:
        bus: the bus.
        name: its name.
        schedules: its faults.
        waiting: lets time pass.
        facts_of: returns what a fault needs to know of its chip.
    """

    def __init__(
        self,
        bus: I2cBus,
        name: BusName,
        schedules: Sequence[Schedule],
        waiting: Waiting,
        facts_of: Callable[[Fault, int], SiteFacts],
    ) -> None:
        super().__init__(schedules, waiting)
        self._bus, self._name, self._facts_of = bus, name, facts_of
        self._sites: dict[int, _Site] = {}

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        struck = self._strike(address)
        if struck.has(FaultKind.STUCK_SCL):
            self._waiting.let_pass(LONGEST_WAIT_MS)
            raise self._error(BusTimeoutError, address, "SCL is held low", errno.ETIMEDOUT)
        if struck.has(FaultKind.STUCK_SDA):
            return tuple(bytes(each.length) for each in operations if isinstance(each, I2cRead))
        self._require_acknowledge(struck, address)
        self._stretch(struck, address)
        self._require_ready(struck, address, operations)
        received = self._bus.transaction(address, operations)
        return self._disturbed(struck, address, operations, received)

    def settings(self) -> I2cSettings:
        return self._bus.settings()

    def levels(self) -> Levels | None:
        levels = self._bus.levels()
        if levels is None:
            return None
        return Levels(
            levels.sda and not self._is_on(FaultKind.STUCK_SDA), levels.scl and not self._is_on(FaultKind.STUCK_SCL)
        )

    def unstick(self) -> Recovery:
        held = [
            name for name, kind in (("SDA", FaultKind.STUCK_SDA), ("SCL", FaultKind.STUCK_SCL)) if self._is_on(kind)
        ]
        if held:
            raise UnsupportedError(f"{held[0]} is held low by {ON_DEMAND}; switch it off instead", Place(self._name))
        return self._bus.unstick()

    def power_cycle(self, address: int) -> None:
        self._bus.power_cycle(address)

    def _require_acknowledge(self, struck: Struck, address: int) -> None:
        if struck.has(FaultKind.UNPLUGGED):
            self._bus.power_cycle(address)
        for kind in (FaultKind.NACK, FaultKind.UNPLUGGED):
            if struck.has(kind):
                raise self._error(NoAcknowledgeError, address, "no device acknowledged", errno.EREMOTEIO)

    def _stretch(self, struck: Struck, address: int) -> None:
        for fault, _ in struck.of(FaultKind.STRETCHING):
            self._waiting.let_pass(min(fault.strength, STRETCH_LIMIT_MS))
            if fault.strength > STRETCH_LIMIT_MS:
                raise self._error(BusFaultError, address, "a device held the clock for too long", errno.EIO)

    def _require_ready(self, struck: Struck, address: int, operations: Sequence[I2cOperation]) -> None:
        """Refuse to read from a chip that is late and has no bit that would say so."""
        if not isinstance(operations[0], I2cRead):
            return
        for fault, _ in struck.of(FaultKind.LATE_READY):
            if self._facts_of(fault, address).late is None and self._is_late(fault, address):
                raise self._error(NoAcknowledgeError, address, "the chip is not ready yet", errno.EREMOTEIO)

    def _is_late(self, fault: Fault, address: int) -> bool:
        written_ns = self._sites.setdefault(address, _Site()).written_ns
        waited_ns = self._waiting.clock.monotonic_ns() - (written_ns or 0)
        return written_ns is not None and waited_ns < fault.strength * NS_PER_MS

    def _disturbed(
        self, struck: Struck, address: int, operations: Sequence[I2cOperation], received: Sequence[bytes]
    ) -> tuple[bytes, ...]:
        """Follow the transfer's operations, and return its answers as the faults let them arrive."""
        site, answers = self._sites.setdefault(address, _Site()), iter(received)
        arrived = []
        for each in operations:
            if isinstance(each, I2cRead):
                answer = next(answers)
                arrived.append(self._changed(struck, address, site.pointer, answer))
                site.pointer = None if site.pointer is None else site.pointer + len(answer) & 0xFF
            elif each.data:
                site.pointer = each.data[0]
                if _is_more_than_a_pointer(each, operations):
                    site.written_ns = self._waiting.clock.monotonic_ns()
        return tuple(arrived)

    def _changed(self, struck: Struck, address: int, pointer: int | None, answer: bytes) -> bytes:
        """Return an answer as it arrives: first what the chip itself does, then what the wires add."""
        for fault, _ in struck.of(FaultKind.OTHER_IDENTITY):
            answer = _all_patched(answer, pointer, self._facts_of(fault, address).identity)
        for fault, _ in struck.of(FaultKind.LATE_READY):
            late = self._facts_of(fault, address).late
            if late is not None and self._is_late(fault, address):
                answer = patched(answer, pointer, late)
        for fault, _ in struck.of(FaultKind.SECOND_CHIP):
            second = partial(_second_chip, self._facts_of(fault, address).identity)
            answer = with_second(answer, pointer, second)
        for fault, schedule in struck.of(FaultKind.WRONG_CRC):
            facts = self._facts_of(fault, address)
            answer = with_wrong_crc(answer, facts.crc_covers, schedule.chance, facts.crc_size)
        for fault, schedule in struck.of(FaultKind.BIT_FLIPS):
            answer = cleared(answer, round(fault.strength), schedule.chance)
        return answer

    def _error(self, kind: type[BusError], address: int, problem: str, number: int) -> BusError:
        error = kind(f"{problem} ({ON_DEMAND})", Place(self._name, address))
        error.__cause__ = OSError(number, os.strerror(number))
        return error


def _is_more_than_a_pointer(write: I2cWrite, operations: Sequence[I2cOperation]) -> bool:
    """Whether a write does something: it has a value for the register, or is a command on its own."""
    return len(write.data) > 1 or len(operations) == 1


def _all_patched(answer: bytes, pointer: int | None, patches: Sequence[Patch]) -> bytes:
    for each in patches:
        answer = patched(answer, pointer, each)
    return answer


def _second_chip(identity: Sequence[Patch], register: int) -> int:
    """What a register of the second chip reads: its identity, and elsewhere anything, but always the same."""
    for each in identity:
        if each.register == register:
            return each.bits
    return random.Random(f"second chip {register}").getrandbits(8)
