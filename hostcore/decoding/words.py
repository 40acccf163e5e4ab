"""A decoded transfer as a line of text, in pieces that a front end can colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import groupby
from typing import NamedTuple

from hostcore.decoding.decoded import (
    Answer,
    Checksum,
    CommandSent,
    Decoded,
    Direction,
    FieldValue,
    Part,
    Plain,
    Pointed,
    Quantity,
    Refused,
    RegisterAccess,
    Start,
    Stop,
    Word,
)

MOST_BYTES = 64
"""Bytes of one part that are shown in a line."""
MOST_REGISTERS = 6
"""Registers in a row that are shown one by one in a line."""
MOST_FIELDS = 3
"""Fields of one register that are shown in a line, if it is not known which have changed."""
Turn = Start | Direction
"""The parts after which bytes go into one direction."""


class Tone(Enum):
    """What a piece of text is."""

    WIRE = auto()
    """A condition on the wires: S, Sr, P, W, R and the address."""
    NAME = auto()
    """A name from the chip file."""
    VALUE = auto()
    CHANGE = auto()
    """The value before."""
    BYTES = auto()
    BAD = auto()
    """A byte that was refused, a wrong checksum, or something that the chip file does not know."""


class Piece(NamedTuple):
    """Some words of a line. A space comes between two pieces."""

    tone: Tone
    text: str


def line(decoded: Decoded, address: int | None = None, *, short: bool = False) -> str:
    """Return a transfer as one line of text: ``S 0x76 W CTRL_MEAS=0x25 MODE forced (was sleep) P``.

    Args:
        decoded: the transfer.
        address: the I2C address; None if it has none, or if it stands elsewhere.
        short: whether starts, stops, refusals, the number before a read, and the values of registers whose fields are
            shown are left out.
    """
    return " ".join(piece.text for piece in pieces(decoded, address, short=short))


def pieces(decoded: Decoded, address: int | None = None, *, short: bool = False) -> Iterator[Piece]:
    """Yield the pieces of that line."""
    for kind, group in groupby(_shown(decoded.parts, short=short), type):
        parts = list(group)
        accesses = [part for part in parts if isinstance(part, RegisterAccess)]
        if kind is RegisterAccess and len(accesses) > MOST_REGISTERS:
            yield from _many(accesses)
        else:
            for part in parts:
                yield from _piece(part, address, short=short)


def _shown(parts: tuple[Part, ...], *, short: bool) -> Iterator[Part]:
    """The parts that the line shows."""
    if short and _has_clocks_only(parts):
        parts = tuple(part for part in parts if not isinstance(part, Plain))
    for place, part in enumerate(parts):
        is_left_out = isinstance(part, Pointed) and _is_repeated(parts, place, short=short)
        if short:
            is_left_out |= isinstance(part, Stop | Refused) or (
                isinstance(part, Turn) and _has_only_number(parts, place)
            )
        if not is_left_out:
            yield part


def _has_clocks_only(parts: tuple[Part, ...]) -> bool:
    """Whether bytes without a meaning were only sent to clock the registers of an SPI chip in, or came meanwhile."""
    is_spi = any(isinstance(part, Direction) for part in parts)
    return is_spi and any(isinstance(part, RegisterAccess) and not part.written for part in parts)


def _many(accesses: list[RegisterAccess]) -> Iterator[Piece]:
    """Many registers in a row, such as calibration data."""
    first, last = (each.name or f"0x{each.address:02x}?" for each in (accesses[0], accesses[-1]))
    yield Piece(Tone.NAME, f"{first} to {last}")
    yield Piece(Tone.BYTES, f"{sum(len(each.raw) for each in accesses)} bytes")


def _is_repeated(parts: tuple[Part, ...], place: int, *, short: bool) -> bool:
    """Whether the registers that follow a number name it again."""
    following = parts[place + 1 :]
    if short:
        following = tuple(part for part in following if not isinstance(part, Turn))
    return bool(following) and isinstance(following[0], RegisterAccess)


def _has_only_number(parts: tuple[Part, ...], place: int) -> bool:
    """Whether a start or direction is that of a write which only says what is read next."""
    is_number = place + 2 < len(parts) and isinstance(parts[place + 1], Pointed)
    return is_number and isinstance(parts[place + 2], Turn) and _is_repeated(parts, place + 1, short=True)


def _piece(part: Part, address: int | None, *, short: bool) -> Iterator[Piece]:
    match part:
        case Start():
            start = "" if short else "Sr " if part.repeated else "S "
            where = f"0x{address:02x} " if address is not None and not part.repeated and not short else ""
            yield Piece(Tone.WIRE, f"{start}{where}{'W' if part.written else 'R'}")
        case Direction():
            yield Piece(Tone.WIRE, "W" if part.written else "R")
        case Stop():
            yield Piece(Tone.WIRE, "P")
        case Refused():
            yield Piece(Tone.BAD, "NACK" if part.is_address else "NACK of the address or a byte")
        case Pointed():
            yield Piece(Tone.NAME, part.name or f"0x{part.address:02x}")
        case RegisterAccess():
            yield from _access(part, short=short)
        case CommandSent():
            yield from _command(part)
        case Answer():
            yield from _answer(part)
        case Plain():
            yield from _plain(part)


def _access(access: RegisterAccess, *, short: bool) -> Iterator[Piece]:
    name = access.name or f"0x{access.address:02x}?"
    if access.number is None:
        yield Piece(Tone.NAME if access.name else Tone.BAD, f"{name}={shown_bytes(access.raw)}")
        return
    fields = tuple(_fields(access))
    is_bare = access.value is None or access.is_idle
    value = f"0x{access.number:0{2 * len(access.raw)}x}" if is_bare else measured(access.value, access.unit)
    yield Piece(Tone.NAME, f"{name}:" if short and is_bare and fields else f"{name}={value}")
    if access.is_idle:
        yield Piece(Tone.CHANGE, "(its value before any measurement)")
    yield from fields


def _fields(access: RegisterAccess) -> Iterator[Piece]:
    """The fields that have changed; if that is not known, the first that have words."""
    if access.before is not None:
        for field in access.fields:
            if field.has_changed:
                yield Piece(Tone.VALUE, f"{field.name} {field.text}")
                yield Piece(Tone.CHANGE, f"(was {field.text_before})")
        return
    for field in [each for each in access.fields if each.word][:MOST_FIELDS]:
        yield Piece(Tone.VALUE, f"{field.name} {field.word}")


def _command(command: CommandSent) -> Iterator[Piece]:
    if not command.name:
        yield Piece(Tone.BAD, f"unknown command {shown_bytes(command.code)}")
    elif command.code:  # the bytes of a picture have none
        yield Piece(Tone.NAME, command.name)
    if command.note:
        yield Piece(Tone.VALUE, command.note)
    elif command.arguments:
        yield Piece(Tone.BYTES, shown_bytes(command.arguments))
    yield from _wrong(command.checksums)


def _answer(answer: Answer) -> Iterator[Piece]:
    for quantity in answer.values:
        yield Piece(Tone.NAME, f"{quantity.name}={quantity_text(quantity)}")
    if not answer.values:
        yield Piece(Tone.BYTES, shown_bytes(answer.raw))
    if answer.crc_ok:
        yield Piece(Tone.WIRE, "CRC ok")
    yield from _wrong(answer.checksums)


def _wrong(checksums: Iterable[Checksum]) -> Iterator[Piece]:
    for each in checksums:
        if not each.is_right:
            yield Piece(Tone.BAD, f"CRC {each.received:02x}, should be {each.computed:02x}")


def _plain(plain: Plain) -> Iterator[Piece]:
    yield Piece(Tone.BYTES, shown_bytes(plain.raw))
    if len(plain.words) == 1 and not plain.written:
        yield Piece(Tone.VALUE, f"= {word_text(plain.words[0])}")


def word_text(word: Word) -> str:
    """Return two bytes as the numbers that they can be: ``33024/-32512, little endian 129``."""
    return f"{_both(word.big, word.big_signed)}, little endian {_both(word.little, word.little_signed)}"


def _both(unsigned: int, signed: int) -> str:
    return str(unsigned) if unsigned == signed else f"{unsigned}/{signed}"


def shown_bytes(data: bytes, most: int = MOST_BYTES) -> str:
    """Return bytes as hex: ``f4 25``; only the first `most`, with the number of the others."""
    more = f" +{len(data) - most}" if len(data) > most else ""
    return data[:most].hex(" ") + more


def measured(value: float | None, unit: str) -> str:
    """Return a measured value with its unit: ``23.46 °C``."""
    number = value or 0.0
    return f"{int(number) if number.is_integer() else f'{number:.6g}'} {unit}".rstrip()


def quantity_text(quantity: Quantity) -> str:
    """Return one value of an answer with its unit."""
    return measured(quantity.value, quantity.unit)


def field_text(field: FieldValue) -> str:
    """Return a field with its meaning and the value before: ``MODE = 1 forced (was 0 sleep)``."""
    now = f"{field.name} = {field.value} {field.word}".rstrip()
    if not field.has_changed:
        return now
    return f"{now} (was {f'{field.before} {field.word_before}'.rstrip()})"
