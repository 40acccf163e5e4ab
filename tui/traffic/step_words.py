"""A decoded transfer step by step: its bytes, and beside each of them what it means."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from hostcore.decoding.decoded import (
    Answer,
    CommandSent,
    Decoded,
    Direction,
    Part,
    Plain,
    Pointed,
    Refused,
    RegisterAccess,
    Start,
    Stop,
)
from hostcore.decoding.pulses import Capture, LinePulse, dht_answer
from hostcore.decoding.signals import sum_text
from hostcore.decoding.words import field_text, measured, quantity_text, shown_bytes, word_text
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import safe, span

HEX_BYTES = 5
"""Bytes of a step that stand beside its meaning. The list of all bytes has the others."""
INDENT = 19
"""Cells of those."""
MOST_STEPS = 300
"""Steps that are shown; a transfer can have thousands of bytes, each a register."""
BAR = 24
"""Cells of the widest pulse's bar."""


def step_lines(decoded: Decoded, address: int | None, look: Look, width: int) -> Iterator[Line]:
    """The steps of a transfer, in order.

    Args:
        decoded: the transfer.
        address: its I2C address; None if it has none.
        look: the styles.
        width: cells of a line.
    """
    for part in decoded.parts[:MOST_STEPS]:
        meaning = [safe(text) for text in _meaning(part, address)]
        raw = f"{shown_bytes(part.raw, HEX_BYTES):{INDENT}}"
        for place, text in enumerate(meaning):
            for line in wrapped(text, _ink(part, place, look), width - INDENT - 2):
                yield [Segment(raw, look.plain), Segment("  " if place else ""), *line]
                raw = " " * INDENT
    if len(decoded.parts) > MOST_STEPS:
        yield [Segment(f"{len(decoded.parts) - MOST_STEPS} more steps are not shown", look.muted)]


def _ink(part: Part, place: int, look: Look) -> Style:
    if isinstance(part, Refused):
        return look.bad
    if isinstance(part, Start | Stop | Direction):
        return look.muted
    return look.plain if place else look.strong


def _meaning(part: Part, address: int | None) -> Iterator[str]:
    """The meaning of a part: a line, and lines below it."""
    match part:
        case Start():
            where = f" 0x{address:02x}" if address is not None else ""
            name = "Sr, repeated start" if part.repeated else "S, start"
            yield f"{name},{where} {'write' if part.written else 'read'}"
        case Direction():
            yield "written to the device" if part.written else "read from the device"
        case Stop():
            yield "P, stop"
        case Refused():
            what = (
                "the address: no chip answers"
                if part.is_address
                else "the address or a byte (Linux does not say which)"
            )
            yield f"not acknowledged: {what}"
        case Pointed():
            yield f"register {part.name or '(not in the chip file)'}, number 0x{part.address:02x}"
        case RegisterAccess():
            yield from _access(part)
        case CommandSent():
            yield from _command(part)
        case Answer():
            yield from _answer(part)
        case Plain():
            yield "no known meaning"
            yield from (f"16 bits: {word_text(word)}" for word in part.words)


def _access(access: RegisterAccess) -> Iterator[str]:
    name = access.name or f"0x{access.address:02x}, not in the chip file"
    if access.number is None:
        yield name if len(access.raw) <= HEX_BYTES else f"{name}: {len(access.raw)} bytes"
        return
    change = ""
    if access.before is not None and access.before != access.number:
        change = f" (was 0x{access.before:0{2 * len(access.raw)}x})"
    yield f"{name} = 0x{access.number:0{2 * len(access.raw)}x}{change}"
    if access.is_idle:
        yield "the value before any measurement"
    elif access.value is not None:
        yield measured(access.value, access.unit)
    for field in access.fields:
        yield field_text(field)


def _command(command: CommandSent) -> Iterator[str]:
    name = f"command {command.name}" if command.code else command.name.lower()
    more = command.note or shown_bytes(command.arguments)
    yield f"{name if command.name else 'a command that the chip file does not list:'} {more}".rstrip()
    yield from _checks(command)


def _answer(answer: Answer) -> Iterator[str]:
    yield f"answer to {answer.command}"
    for quantity in answer.values:
        yield f"{quantity.name} = {quantity_text(quantity)} (sent as {quantity.number})"
    yield from _checks(answer)


def _checks(part: CommandSent | Answer) -> Iterator[str]:
    for each in part.checksums:
        found = f"CRC 0x{each.received:02x}"
        yield f"{found} is right" if each.is_right else f"{found} is WRONG: computed 0x{each.computed:02x}"


def capture_lines(capture: Capture, look: Look) -> Iterator[Line]:
    """The pulses of a capture as bars, and the bits of a DHT sensor's answer."""
    pulses = capture.pulses
    answer = dht_answer(pulses)
    if answer is not None:
        ink = look.good if answer.checksum_ok else look.bad
        yield [Segment(f"the 40 bits of a DHT sensor: {answer.data.hex(' ')}, {sum_text(answer)}", ink)]
    widest = max(pulse.width_ns for pulse in pulses) or 1
    for number, pulse in enumerate(pulses, 1):
        yield _pulse(number, pulse, widest, look)


def _pulse(number: int, pulse: LinePulse, widest: int, look: Look) -> Line:
    bar = "#" * max(1, round(BAR * pulse.width_ns / widest))
    level = "high" if pulse.high else "low"
    return [
        Segment(f"{number:4}  {level:4} {span(pulse.width_ns):>8}  ", look.plain if pulse.high else look.muted),
        Segment(bar, look.accent if pulse.high else look.muted),
    ]
