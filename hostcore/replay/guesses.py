"""Guesses what hardware would have answered to requests that are not in a recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.chips.library import Library
from hostcore.chips.model import Chip
from hostcore.clock import Clock
from hostcore.devices.environment import Environment
from hostcore.devices.registers import RegisterFile
from hostcore.errors import BusError
from hostcore.events import Outcome
from hostcore.hostcall import Err
from hostcore.place import BusKind
from hostcore.plugin.bounds import I2C_MAX_BYTES, i2c_request
from hostcore.plugin.outcomes import outcome_of
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Call, Crossing, Ending, Header
from hostcore.replay.effects import is_effect
from hostcore.replay.recalled import Pointers, Recalled
from hostcore.replay.transfers import Access, access_of
from hostcore.runtime.contract import PACKAGE

BYTE_US = 90
"""Microseconds of a byte on an I2C bus of 100 kHz (UM10204, standard mode: 9 clocks)."""
MOST_CHIPS = 128
"""Most devices that are guessed. A bus has 112 addresses."""
LONG_AGO_NS = -3_600_000_000_000
"""When the chips were powered: so long ago that they are ready."""
NOT_READY = "a guess: the chip file says that the chip does not acknowledge here"


@dataclass(frozen=True, slots=True)
class Guess:
    """An answer that nobody recorded."""

    answer: Any
    """The WIT value, or the `Ending`."""
    took_us: int


class Guesses:
    """Answers what was not recorded: from the recorded answers to the same request, or for I2C from a register file.

    A register file is made of the chip file of the chip at the address, and of the recorded answers.

    Args:
        header: of the recording.
        calls: all its calls.
        clock: the time of the replay.
        chips: the chip files.
    """

    def __init__(self, header: Header, calls: Sequence[Call], clock: Clock, chips: Library) -> None:
        self._header, self._clock = header, clock
        self._recalled = Recalled(header, calls, is_effect, Pointers(header).key)
        self._asked = Pointers(header)
        self._chips = _Chips(header, calls, clock, chips)

    def reach(self, call: Call) -> None:
        """The replay has come to a call."""
        self._recalled.reach(call)
        self._chips.teach(call)

    def saw(self, name: str, arguments: tuple[Any, ...], crossing: Crossing) -> None:
        """The guest asked for what was recorded."""
        self._asked.key(name, arguments)
        self._chips.follow(name, arguments, crossing.answer)

    def answer(self, name: str, arguments: tuple[Any, ...]) -> Guess | None:
        """Answer a request of the guest; None if nothing tells how."""
        found = self._recalled.answer(self._asked.key(name, arguments))
        if found is not None and not isinstance(found.answer, Ending):
            self._chips.follow(name, arguments, found.answer)
            return Guess(found.answer, found.took_us)
        return self._chips.answer(name, arguments)


class _Chips:
    """The register files of a recording's I2C devices, as the guest has left them."""

    def __init__(self, header: Header, calls: Sequence[Call], clock: Clock, chips: Library) -> None:
        self._header, self._clock, self._library = header, clock, chips
        self._reads = _reads_in(header, calls)
        self._known: dict[tuple[str, int | None], _Chip | None] = {}
        for call in calls:
            self.teach(call)

    def teach(self, call: Call) -> None:
        """Learn the recorded answers of a call."""
        for crossing in call.crossings:
            self._each(self._header.imports[crossing.slot], crossing.arguments, crossing.answer, _Chip.teach)

    def follow(self, name: str, arguments: tuple[Any, ...], answer: Any) -> None:
        """The guest has got this answer."""
        self._each(name, arguments, answer, _Chip.follow)

    def answer(self, name: str, arguments: tuple[Any, ...]) -> Guess | None:
        """Answer out of the register file."""
        access = access_of(self._header, name, arguments)
        chip = None if access is None else self._chip(access)
        if access is None or chip is None:
            return None
        try:
            i2c_request(access.bus.number, access.address or 0, access.operations)
        except BusError as refused:
            return Guess(Err((outcome_of(refused).value, str(refused))), 0)
        except ValueError as refused:
            return Guess(Err((Outcome.OTHER.value, f"no such access: {refused}")), 0)
        received = chip.transact(access.operations)
        took_us = BYTE_US * (len(access.operations) + sum(map(_length, access.operations)))
        if received is None:
            return Guess(Err((Outcome.NO_ACKNOWLEDGE.value, NOT_READY)), took_us)
        return Guess(received if name == f"{PACKAGE}i2c#transaction" else b"".join(received), took_us)

    def _each(self, name: str, arguments: tuple[Any, ...], answer: Any, use: Callable[..., None]) -> None:
        access = access_of(self._header, name, arguments)
        chip = None if access is None else self._chip(access)
        if access is None or chip is None or isinstance(answer, Err | Ending):
            return
        use(chip, access.operations, received_in(access, answer))

    def _chip(self, access: Access) -> _Chip | None:
        if access.bus.kind is not BusKind.I2C or access.address is None:
            return None
        device = str(access.bus), access.address
        if device not in self._known:
            if len(self._known) >= MOST_CHIPS:
                return None
            found = self._fitting(access.address)
            self._known[device] = None if found is None else _Chip(self._clock, found)
        return self._known[device]

    def _fitting(self, address: int) -> Chip | None:
        """The chip that the driver is for, or else the most common one that identifies itself as was recorded."""
        chips = [each for each in self._library.for_driver(self._header.plugin) if address in each.addresses]
        candidates = [*chips, *self._library.at(address)]
        return next((each for each in candidates if self._identifies(each, address)), None)

    def _identifies(self, chip: Chip, address: int) -> bool:
        for identity in chip.identity:
            number = identity.register.address.to_bytes(chip.bus.register_bytes, "big")
            read = self._reads.get((address, number, identity.register.size))
            if read is not None and read not in identity.answers:
                return False
        return True


class _Chip:
    """One device: a register file that follows the recording, and one that follows the guest and knows its answers."""

    def __init__(self, clock: Clock, chip: Chip) -> None:
        environment, powered_ns = Environment(clock), clock.monotonic_ns() + LONG_AGO_NS
        self._teacher = RegisterFile(clock, environment, chip, powered_ns)
        self._guest = RegisterFile(clock, environment, chip, powered_ns, knows=self._teacher.learned)

    def teach(self, operations: Sequence[I2cOperation], received: Sequence[bytes]) -> None:
        """The recorded chip has answered a transaction."""
        answers = iter(received)
        for each in operations:
            self._teacher.start(isinstance(each, I2cRead))
            if isinstance(each, I2cRead):
                self._teacher.learn(next(answers, b""))
            else:
                self._teacher.write(each.data)
        self._teacher.stop()

    def follow(self, operations: Sequence[I2cOperation], _received: Sequence[bytes]) -> None:
        """The guest has made a transaction that something else answers."""
        self.transact(operations)

    def transact(self, operations: Sequence[I2cOperation]) -> list[bytes] | None:
        """Do a transaction of the guest. Return what each read reads; None if the chip does not acknowledge."""
        received, chip = [], self._guest
        try:
            for each in operations:
                if not chip.start(isinstance(each, I2cRead)):
                    return None
                if isinstance(each, I2cRead):
                    received.append(chip.read(min(each.length, I2C_MAX_BYTES)))
                elif chip.write(each.data) < len(each.data):
                    return None
        finally:
            chip.stop()
        return received


def received_in(access: Access, answer: Any) -> tuple[bytes, ...]:
    """The bytes of each read; none for a read if the recording is forged and has something else there."""
    try:
        received = access.received(answer)
    except (AttributeError, TypeError, ValueError):
        received = ()
    is_sound = len(received) == len(access.reads) and all(isinstance(each, bytes) for each in received)
    return received if is_sound else (b"",) * len(access.reads)


def _length(operation: I2cOperation) -> int:
    return operation.length if isinstance(operation, I2cRead) else len(operation.data)


def _reads_in(header: Header, calls: Sequence[Call]) -> dict[tuple[int, bytes, int], bytes]:
    """What was read after one message, by the address, the message and the length."""
    found: dict[tuple[int, bytes, int], bytes] = {}
    for crossing in (each for call in calls for each in call.crossings):
        if isinstance(crossing.answer, Err | Ending):
            continue
        access = access_of(header, header.imports[crossing.slot], crossing.arguments)
        if access is None or access.address is None:
            continue
        match access.operations:
            case (I2cWrite(data), I2cRead(length)):
                found[access.address, data, length] = received_in(access, crossing.answer)[0]
    return found
