"""The first pass over a transfer: what each message is, before anybody asks what it means."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from hostcore.chips.model import Command, Writes
from hostcore.decoding.decoded import Earlier
from hostcore.decoding.layout import Layout
from hostcore.decoding.ssd1306_commands import is_display
from hostcore.events import Message, TransferCompleted
from hostcore.place import BusKind


class StepKind(Enum):
    """What some bytes of a message are."""

    PLAIN_WRITTEN = auto()
    PLAIN_READ = auto()
    POINTER = auto()
    """The number of a register."""
    REGISTERS_WRITTEN = auto()
    REGISTERS_READ = auto()
    COMMAND = auto()
    ANSWER = auto()
    DISPLAY = auto()
    """A message to a display: commands and bytes of a picture."""


class Step(NamedTuple):
    """Some bytes of a message, and what they are."""

    message: int
    """The message, from 0 on."""
    kind: StepKind
    data: bytes
    number: int = 0
    """The number of the first register."""
    increments: bool = True
    command: Command | None = None


class Steps:
    """Passes over one transfer after the other to one device.

    Args:
        layout: the registers of its chip; None if it is not known.
        earlier: what was sent to it before.

    Attributes:
        pointer: the number of the register that was sent last; None if it is not known.
        increments: whether that number grows with each byte.
        command: the name of the last command; "" if there was none since.
        begun: a command of a display that waits for its arguments. Only the decoder knows it, and sets it.
    """

    def __init__(self, layout: Layout | None, earlier: Earlier) -> None:
        self.layout = layout
        self.pointer, self.increments = earlier.pointer, earlier.increments
        self.command, self.begun = earlier.command, earlier.begun

    def of(self, transfer: TransferCompleted) -> Iterator[Step]:
        """Yield the steps of a transfer. Their bytes together are those of its messages, in order."""
        for place, message in enumerate(transfer.messages):
            data = message.data
            if not data:
                continue
            if self.layout is None:
                yield _plain(place, message)
            elif transfer.bus.kind is BusKind.SPI:
                yield from self._spi(self.layout, place, transfer)
            elif message.written:
                yield from self._written(self.layout, place, data)
            else:
                yield self._read(self.layout, place, data)

    def _written(self, layout: Layout, place: int, data: bytes) -> Iterator[Step]:
        if is_display(layout.chip):
            yield Step(place, StepKind.DISPLAY, data)
            return
        command = layout.command(data)
        if command is not None or (layout.chip.commands and not layout.chip.bus.register_bytes):
            self.command = command.name if command else ""
            yield Step(place, StepKind.COMMAND, data, command=command)
            return
        if layout.has_single_register:
            yield Step(place, StepKind.REGISTERS_WRITTEN, data, increments=False)
            return
        pointer = layout.pointer(data)
        if pointer is None:
            yield Step(place, StepKind.PLAIN_WRITTEN, data)
            return
        (self.pointer, self.increments), self.command = pointer, ""
        if layout.chip.bus.writes is Writes.PAIRS:
            yield from self._pairs(place, data)
            return
        length = layout.chip.bus.register_bytes
        yield Step(place, StepKind.POINTER, data[:length], *pointer)
        if data[length:]:
            yield Step(place, StepKind.REGISTERS_WRITTEN, data[length:], *pointer)

    def _pairs(self, place: int, data: bytes) -> Iterator[Step]:
        """Numbers of registers, each with the value that is written to it. A last number without one is for a read."""
        for at in range(0, len(data), 2):
            self.pointer = data[at]
            yield Step(place, StepKind.POINTER, data[at : at + 1], data[at], self.increments)
            if data[at + 1 : at + 2]:
                yield Step(place, StepKind.REGISTERS_WRITTEN, data[at + 1 : at + 2], data[at], increments=False)

    def _read(self, layout: Layout, place: int, data: bytes) -> Step:
        command = layout.named(self.command)
        if command is not None and command.answer_bytes:
            return Step(place, StepKind.ANSWER, data, command=command)
        if layout.has_single_register:
            return Step(place, StepKind.REGISTERS_READ, data, increments=False)
        if self.pointer is not None and layout.chip.bus.register_bytes:
            return Step(place, StepKind.REGISTERS_READ, data, self.pointer, self.increments)
        return Step(place, StepKind.PLAIN_READ, data)

    def _spi(self, layout: Layout, place: int, transfer: TransferCompleted) -> Iterator[Step]:
        """The first byte has the register's number, and a bit that tells reads from writes."""
        spi, message = layout.chip.spi, transfer.messages[place]
        data = message.data
        if spi is None or not spi.read_bit or (not message.written and self.pointer is None):
            yield _plain(place, message)
        elif message.written:
            self.pointer, self.increments = layout.spi_number(data[0], spi.read_bit), True
            yield Step(place, StepKind.POINTER, data[:1], self.pointer)
            if data[1:]:  # in a read, only clocks for the answer
                kind = StepKind.PLAIN_WRITTEN if data[0] & spi.read_bit else StepKind.REGISTERS_WRITTEN
                yield Step(place, kind, data[1:], self.pointer)
        else:
            sent = sum(len(each.data) for each in transfer.messages if each.written)
            if len(data) == sent > 1:  # full duplex: the first byte came while the number went out
                yield Step(place, StepKind.PLAIN_READ, data[:1])
                data = data[1:]
            yield Step(place, StepKind.REGISTERS_READ, data, self.pointer or 0)


def _plain(place: int, message: Message) -> Step:
    return Step(place, StepKind.PLAIN_WRITTEN if message.written else StepKind.PLAIN_READ, message.data)
