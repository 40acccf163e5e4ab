"""Identifies the chip at an I2C address by the registers that always read the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hostcore.backends.base import I2cBus, I2cRead, I2cWrite
from hostcore.buses.probing import Hold
from hostcore.chips.model import AutoIncrement, Chip, Identity
from hostcore.errors import BusError
from hostcore.quick_dataclass import dataclass

READINGS = 3
"""How often each register is read. Two chips on one address seldom give the same answer three times."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The answers of a chip that was asked for its identity."""

    chips: tuple[str, ...]
    """The names of the chips with this identity; none if it is an unknown chip, or if the answers contradict each
    other."""
    detail: str
    """One line for a person about what was read."""
    is_contradictory: bool = False
    """Whether one register read differently from time to time."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A register to read."""

    number: bytes
    """The bytes that the controller writes before it reads."""
    length: int


_Answers = tuple[bytes | str, ...]
"""What each reading returned, or why it failed."""


def identify(bus: I2cBus, hold: Hold, address: int, chips: Sequence[Chip]) -> Identified:
    """Identify the chip at an address. Blocks for some milliseconds.

    Each read first writes the register's number. A chip without registers may take that for data. A number of two bytes
    is only written if no chip with numbers of one byte answers: such a chip would take the second byte for the value of
    the register.

    Args:
        bus: the bus.
        hold: makes the context for one transaction. The bus is free for others between two transactions.
        address: 7-bit address.
        chips: the chips that may have this address.
    """
    asked: dict[_Question, _Answers] = {}
    for register_bytes in (1, 2):
        group = [chip for chip in chips if chip.identity and chip.bus.register_bytes == register_bytes]
        asked |= _ask_all(bus, hold, address, dict.fromkeys(_questions(group)))
        names = tuple(name for chip in group if _fits(chip, asked) for name in chip.names)
        if names or any(_contradicts(answers) for answers in asked.values()):
            return _identified(names, asked)
    if not asked:
        return Identified((), "none of the chips known for this address has a register that identifies it")
    return _identified((), asked)


def _identified(names: tuple[str, ...], asked: Mapping[_Question, _Answers]) -> Identified:
    detail = ", ".join(f"0x{question.number.hex()} reads {_words(answers)}" for question, answers in asked.items())
    if any(_contradicts(answers) for answers in asked.values()):
        return Identified((), f"{detail}: two chips have this address, or a wire is loose", is_contradictory=True)
    return Identified(names, detail)


def _questions(chips: Iterable[Chip]) -> Iterable[_Question]:
    return (_question(chip, identity) for chip in chips for identity in chip.identity)


def _question(chip: Chip, identity: Identity) -> _Question:
    register = identity.register
    by_bit = chip.bus.auto_increment is AutoIncrement.BIT and register.size > 1
    number = register.address | (chip.bus.increment_bit if by_bit else 0)
    return _Question(number.to_bytes(chip.bus.register_bytes, "big"), register.size)


def _ask_all(bus: I2cBus, hold: Hold, address: int, questions: Iterable[_Question]) -> dict[_Question, _Answers]:
    """Ask all questions in turn, `READINGS` times."""
    rounds = [[_ask(bus, hold, address, question) for question in questions] for _ in range(READINGS)]
    return dict(zip(questions, zip(*rounds, strict=True), strict=True))


def _ask(bus: I2cBus, hold: Hold, address: int, question: _Question) -> bytes | str:
    """Return the content of a register, or the reason why it cannot be read."""
    try:
        with hold():
            (answer,) = bus.transaction(address, (I2cWrite(question.number), I2cRead(question.length)))
    except BusError as error:
        return error.problem
    return answer


def _read(answers: _Answers) -> list[bytes]:
    """Return what was read, without the failures."""
    return [answer for answer in answers if isinstance(answer, bytes)]


def _contradicts(answers: _Answers) -> bool:
    return len(set(_read(answers))) > 1


def _fits(chip: Chip, asked: Mapping[_Question, _Answers]) -> bool:
    """Return whether all identities of a chip were read, and were those of the chip."""
    read = [(set(_read(asked[_question(chip, identity)])), identity) for identity in chip.identity]
    return all(found and found <= set(identity.answers) for found, identity in read)


def _words(answers: _Answers) -> str:
    """Return answers as ``61``, ``61, then 60, then 61`` or ``61 (1 of 3 times nothing: no device acknowledged)``."""
    read = _read(answers)
    failures = [answer for answer in answers if isinstance(answer, str)]
    if not read:
        return f"nothing ({failures[0]})"
    values = [value.hex(" ") for value in read]
    shown = ", then ".join(values) if len(set(values)) > 1 else values[0]
    return f"{shown} ({len(failures)} of {len(answers)} times nothing: {failures[0]})" if failures else shown
