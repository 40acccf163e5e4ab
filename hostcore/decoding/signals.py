"""Accesses without chip files in words: levels and pulses of lines, text of serial ports, sensors of the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hostcore.decoding.pulses import Capture, DhtAnswer, LinePulse, dht_answer
from hostcore.decoding.words import Piece, Tone, shown_bytes
from hostcore.events import Message, TransferCompleted
from hostcore.log.safe_text import escaped
from hostcore.place import BusKind

BARS = "▁▂▃▄▅▆▇█"
"""Bars of widths, the shortest first."""
MOST_BARS = 40
"""Pulses that a line shows as bars."""
STATES = {BusKind.SYSTEM: "state of the computer", BusKind.IIO: "names of sensors or channels"}
"""What an access without bytes is about."""
SHOWN = 32
"""Bytes of a serial message that a line shows."""


def signal_pieces(transfer: TransferCompleted, capture: Capture | None) -> Iterator[Piece]:
    """Yield the pieces of a line about an access to a GPIO line, a serial port, the kernel's sensors or the computer.

    Args:
        transfer: the access.
        capture: its pulses, if it was a capture.
    """
    if transfer.pwm:
        yield Piece(Tone.VALUE, f"{transfer.pwm.duty:.0%} of {transfer.pwm.frequency_hz:g} Hz")
    if capture:
        yield from _capture(capture)
    if not transfer.messages and transfer.bus.kind in STATES:
        yield Piece(Tone.NAME, STATES[transfer.bus.kind])
    for message in transfer.messages:
        if transfer.bus.kind is BusKind.GPIO:
            yield from _level(message)
        elif transfer.bus.kind is BusKind.UART:
            yield from _serial(message)
        else:
            yield Piece(Tone.NAME if message.written else Tone.VALUE, text_of(message.data))


def _level(message: Message) -> Iterator[Piece]:
    yield Piece(Tone.WIRE, "W" if message.written else "R")
    if len(message.data) == 1:
        yield Piece(Tone.VALUE, "high" if message.data[0] else "low")
    elif message.data:
        yield Piece(Tone.BYTES, shown_bytes(message.data))


def _serial(message: Message) -> Iterator[Piece]:
    yield Piece(Tone.WIRE, "W" if message.written else "R")
    if message.data:
        yield Piece(Tone.VALUE, f'"{text_of(message.data[:SHOWN])}"')
        yield Piece(Tone.BYTES, shown_bytes(message.data, SHOWN))
    else:
        yield Piece(Tone.WIRE, "nothing")


def _capture(capture: Capture) -> Iterator[Piece]:
    pulses = capture.pulses
    answer = dht_answer(pulses)
    if answer is not None:
        yield Piece(Tone.NAME, "DHT")
        yield Piece(Tone.BYTES, answer.data.hex(" "))
        yield Piece(Tone.WIRE if answer.checksum_ok else Tone.BAD, sum_text(answer))
    yield Piece(Tone.NAME, f"{len(pulses)} pulses")
    yield Piece(Tone.WIRE, bars(pulses))


def sum_text(answer: DhtAnswer) -> str:
    """Return whether the sum of an answer is right: ``sum ok``, ``sum ff, should be 0c``."""
    if answer.checksum_ok:
        return "sum ok"
    return f"sum {answer.data[4]:02x}, should be {answer.sum:02x}"


def bars(pulses: Sequence[LinePulse], most: int = MOST_BARS) -> str:
    """Return pulses as bars, as high as they are wide beside the widest of them. Only the last `most`."""
    shown = pulses[-most:]
    widest = max((pulse.width_ns for pulse in shown), default=0) or 1
    return "".join(BARS[round(pulse.width_ns / widest * (len(BARS) - 1))] for pulse in shown)


def text_of(data: bytes) -> str:
    r"""Return bytes as text: UTF-8 as far as they are, with escapes such as ``\n`` for what is no text."""
    return escaped(data.decode("utf-8", "surrogateescape"))
