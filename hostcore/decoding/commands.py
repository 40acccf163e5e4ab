"""Commands, their arguments and their answers, with checksums."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.chips.crc import checksum
from hostcore.chips.model import Command, Crc
from hostcore.decoding.decoded import Answer, Checksum, CommandSent, Quantity
from hostcore.decoding.layout import Layout


def command_sent(layout: Layout, command: Command | None, data: bytes) -> CommandSent:
    """Return the command of a write message; one without a name if the chip file does not list it."""
    if command is None:
        return CommandSent("", data, b"", data)
    arguments = data[len(command.code) :]
    return CommandSent(command.name, command.code, arguments, data, _checksums(layout.chip.crc, arguments))


def answer_of(layout: Layout, command: Command, data: bytes) -> Answer:
    """Return an answer. Values that did not arrive completely are left out."""
    crc = layout.chip.crc
    values = tuple(
        Quantity(each.name, number, each.scale.value(number), each.scale.unit)
        for each in command.answer
        if (number := each.raw(data)) is not None
    )
    is_complete = crc is not None and (bool(crc.covers) or len(data) == command.answer_bytes)
    return Answer(command.name, values, data, _checksums(crc, data) if is_complete else ())


def _checksums(crc: Crc | None, data: bytes) -> tuple[Checksum, ...]:
    return tuple(_each_checksum(crc, data)) if crc is not None else ()


def _each_checksum(crc: Crc, data: bytes) -> Iterator[Checksum]:
    """A checksum after each block of `covers` bytes; or one at the end, for all bytes before it."""
    covers, size = crc.covers or len(data) - crc.size, crc.size
    if covers < 1:
        return
    for at in range(0, len(data) - covers - size + 1, covers + size):
        block, received = data[at : at + covers], data[at + covers : at + covers + size]
        yield Checksum(int.from_bytes(received, "big"), checksum(crc, block))
