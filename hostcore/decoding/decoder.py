"""Decodes one transfer: its bytes, in the words of its chip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.chips.model import Chip
from hostcore.decoding.accesses import accesses
from hostcore.decoding.commands import answer_of, command_sent
from hostcore.decoding.decoded import (
    NO_VALUES,
    NOTHING_EARLIER,
    Decoded,
    Direction,
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
from hostcore.decoding.ssd1306_commands import Ssd1306Commands
from hostcore.decoding.steps import Step, StepKind, Steps
from hostcore.events import Outcome, TransferCompleted
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
        before: the raw values that registers had, by register number. Fields that differ say so.
        earlier: the register number and the command that were sent before, for a transfer that only reads.
    """
    steps = Steps(layout_of(chip) if chip is not None else None, earlier)
    parts = _of_i2c(transfer, steps, before) if transfer.bus.kind is BusKind.I2C else _bytes(transfer, steps, before)
    return Decoded(tuple(parts), chip.name if chip else "")


def _of_i2c(transfer: TransferCompleted, steps: Steps, before: Mapping[int, int]) -> Iterator[Part]:
    """All parts, with the conditions on the wires round the bytes."""
    started = -1
    for step in steps.of(transfer):
        yield from _starts(transfer, started, step.message)
        started = step.message
        yield from _parts(steps, step, before)
    yield from _starts(transfer, started, len(transfer.messages) - 1)
    if transfer.outcome is Outcome.NO_ACKNOWLEDGE:
        if not transfer.messages:
            yield Start(written=not transfer.asked, repeated=False)
        yield Refused(is_address=not any(message.data for message in transfer.messages))
    if transfer.sequence:
        yield Stop()


def _starts(transfer: TransferCompleted, started: int, message: int) -> Iterator[Part]:
    """The starts of the messages after number `started`, up to number `message`. A message may have no bytes."""
    for place in range(started + 1, message + 1):
        yield Start(transfer.messages[place].written, repeated=place > 0)


def _bytes(transfer: TransferCompleted, steps: Steps, before: Mapping[int, int]) -> Iterator[Part]:
    written: bool | None = None
    for step in steps.of(transfer):
        if transfer.messages[step.message].written is not written:
            written = transfer.messages[step.message].written
            yield Direction(written)
        yield from _parts(steps, step, before)


def _parts(steps: Steps, step: Step, before: Mapping[int, int]) -> Iterator[Part]:
    """What the bytes of one step mean."""
    layout = steps.layout
    if layout is None or step.kind in (StepKind.PLAIN_WRITTEN, StepKind.PLAIN_READ):
        yield Plain(step.kind is StepKind.PLAIN_WRITTEN, step.data, words_of(step.data))
    elif step.kind is StepKind.DISPLAY:
        display = Ssd1306Commands(steps.begun)
        yield from display.parts(step.data)
        steps.begun = display.begun
    elif step.kind is StepKind.COMMAND:
        yield command_sent(layout, step.command, step.data)
    elif step.kind is StepKind.POINTER:
        yield Pointed(layout.name(step.number), step.number, step.data, step.increments)
    else:
        yield from _data(layout, step, before)


def _data(layout: Layout, step: Step, before: Mapping[int, int]) -> Iterator[Part]:
    if step.command is not None:
        yield answer_of(layout, step.command, step.data)
    else:
        written = step.kind is StepKind.REGISTERS_WRITTEN
        yield from accesses(layout, step.number, step.increments, step.data, before, written=written)
