"""Decodes one transfer: its bytes, in the words of its chip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.chips.model import Chip
from hostcore.decoding.commands import answer_of, command_sent
from hostcore.decoding.decoded import (
    NO_VALUES,
    NOTHING_EARLIER,
    Decoded,
    Earlier,
    Part,
    Plain,
    Pointed,
    Refused,
    Start,
    Stop,
    words_of,
)
from hostcore.decoding.layout import Layout, layout_of
from hostcore.decoding.accesses import accesses
from hostcore.decoding.ssd1306_commands import Ssd1306Commands, is_display
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusKind


def decode(
    transfer: TransferCompleted,
    chip: Chip | None,
    before: Mapping[int, int] = NO_VALUES,
    earlier: Earlier = NOTHING_EARLIER,
) -> Decoded:
    """Return a transfer in the words of its chip. Any bytes can be decoded.

    Args:
        transfer: the transfer, on a bus of any kind.
        chip: the chip at its address; None if it is not known.
        before: the numbers that registers had, by register number. Fields that differ say so.
        earlier: the register number and the command that were sent before, for a transfer that only reads.
    """
    decoding = _Decoding(transfer, chip, before, earlier)
    return Decoded(tuple(decoding.parts()), chip.name if chip else "")


class _Decoding:
    """The decoding of one transfer. What a message means depends on those before it."""

    def __init__(
        self, transfer: TransferCompleted, chip: Chip | None, before: Mapping[int, int], earlier: Earlier
    ) -> None:
        self._transfer, self._chip, self._before = transfer, chip, before
        self._layout = layout_of(chip) if chip is not None else None
        self._pointer, self._increments = earlier.pointer, earlier.increments
        self._command, self._begun = earlier.command, earlier.begun
        self._is_wired = transfer.bus.kind is BusKind.I2C

    def parts(self) -> Iterator[Part]:
        """Every part, in order."""
        for place, message in enumerate(self._transfer.messages):
            if self._is_wired:
                yield Start(message.written, repeated=place > 0)
            yield from self._message(message)
        if self._is_wired:
            yield from self._end()

    def _end(self) -> Iterator[Part]:
        transfer = self._transfer
        if transfer.outcome is Outcome.NO_ACKNOWLEDGE:
            if not transfer.messages:
                yield Start(written=not transfer.asked, repeated=False)
            yield Refused(is_address=not any(message.data for message in transfer.messages))
        if transfer.sequence:
            yield Stop()

    def _message(self, message: Message) -> Iterator[Part]:
        if self._layout is None or not message.data:
            yield from _plain(message)
        elif self._transfer.bus.kind is BusKind.SPI:
            yield from self._spi(self._layout, message)
        elif message.written:
            yield from self._written(self._layout, message.data)
        else:
            yield from self._read(self._layout, message.data)

    def _written(self, layout: Layout, data: bytes) -> Iterator[Part]:
        if is_display(layout.chip):
            display = Ssd1306Commands(self._begun)
            yield from display.parts(data)
            self._begun = display.begun
            return
        command = layout.command(data)
        if command is not None or (layout.chip.commands and not layout.chip.bus.register_bytes):
            self._command = command.name if command else ""
            yield command_sent(layout, command, data)
            return
        pointer = layout.pointer(data)
        if pointer is None:
            yield from _plain(Message(True, data))
            return
        (self._pointer, self._increments), self._command = pointer, ""
        length = layout.chip.bus.register_bytes
        yield Pointed(layout.name(self._pointer), self._pointer, data[:length], self._increments)
        if data[length:]:
            yield from accesses(layout, *pointer, data[length:], self._before, written=True)

    def _read(self, layout: Layout, data: bytes) -> Iterator[Part]:
        command = layout.named(self._command)
        if command is not None and command.answer_bytes:
            yield answer_of(layout, command, data)
        elif self._pointer is not None and layout.chip.bus.register_bytes:
            yield from accesses(layout, self._pointer, self._increments, data, self._before, written=False)
        else:
            yield from _plain(Message(False, data))

    def _spi(self, layout: Layout, message: Message) -> Iterator[Part]:
        """The first byte has the number, and a bit that tells reads from writes."""
        spi = layout.chip.spi
        if spi is None or not spi.read_bit:
            yield from _plain(message)
        elif message.written:
            first, rest = message.data[0], message.data[1:]
            self._pointer, self._increments = first & ~spi.read_bit, True
            yield Pointed(layout.name(self._pointer), self._pointer, message.data[:1])
            if rest and first & spi.read_bit:
                yield Plain(True, rest)  # clocks for the answer
            elif rest:
                yield from accesses(layout, self._pointer, True, rest, self._before, written=True)
        elif self._pointer is not None:
            yield from self._spi_answer(layout, self._pointer, message.data)
        else:
            yield from _plain(message)

    def _spi_answer(self, layout: Layout, pointer: int, data: bytes) -> Iterator[Part]:
        """The bytes that came back. In a full-duplex transfer, one came while the number went out."""
        sent = sum(len(message.data) for message in self._transfer.messages if message.written)
        if len(data) == sent > 1:
            yield Plain(False, data[:1])
            data = data[1:]
        yield from accesses(layout, pointer, True, data, self._before, written=False)


def _plain(message: Message) -> Iterator[Part]:
    if message.data:
        yield Plain(message.written, message.data, words_of(message.data))
