"""Transfers in words: where they went, when, and what they did, all of it in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment

from hostcore.decoding.signals import signal_pieces
from hostcore.decoding.sites import SiteChip
from hostcore.decoding.words import Piece, Tone, pieces
from hostcore.events import Confidence, Outcome, TransferCompleted
from hostcore.place import BusKind, BusName
from hostcore.view.traffic import CHIPPED, SeenTransfer
from tui.lines import Line
from tui.look import Look
from tui.text import fit, safe, span, time_of_day

NARROW, WIDE = 76, 100
"""Cells of a line from which on plugins have room, and from which on there is also the time of day."""
FULL = 130
"""Cells of a line from which on it has starts and stops."""


def place_text(bus: BusName, address: int | None) -> str:
    """Bus and address: ``i2c-1 0x77``, ``gpio 4``."""
    if address is None:
        return bus
    return f"{bus} 0x{address:02x}" if bus.kind is BusKind.I2C else f"{bus} {address}"


def chip_name(site: SiteChip) -> str:
    """The chip in whose words a transfer is: ``BME680``; ``BME680?`` if that is only likely; "" if none is known."""
    if site.chip is None:
        return ""
    return site.chip.name if site.confidence is Confidence.CERTAIN else f"{site.chip.name}?"


def gap_text(seen: SeenTransfer) -> str:
    """The time since the transfer before: ``+1.02 ms``; ``lost ...`` if that one is missing; "" if there was none."""
    if seen.follows_lost:
        return "lost ..."
    return "" if seen.gap_ns is None else f"+{span(seen.gap_ns)}"


def spi_text(transfer: TransferCompleted) -> str:
    """Clock and mode of an SPI transfer: ``1 MHz mode 0``; "" if it is none."""
    if transfer.spi is None:
        return ""
    hertz = transfer.spi.speed_hz
    speed = next(
        (f"{hertz / size:g} {unit}" for size, unit in ((1e6, "MHz"), (1e3, "kHz")) if hertz >= size), f"{hertz} Hz"
    )
    return f"{speed} mode {transfer.spi.mode}"


def pieces_of(seen: SeenTransfer, *, short: bool = True) -> Iterator[Piece]:
    """What a transfer did, in pieces: its chip, then its registers, commands, pulses or bytes.

    Args:
        seen: the transfer.
        short: whether starts and stops are left out.
    """
    transfer = seen.transfer
    if transfer.bus.kind not in CHIPPED:
        yield from signal_pieces(transfer, seen.capture)
        return
    if name := chip_name(seen.site):
        yield Piece(Tone.WIRE, name)
    if speed := spi_text(transfer):
        yield Piece(Tone.WIRE, speed)
    yield from pieces(seen.decoded(), transfer.address, short=short)


def words_of(seen: SeenTransfer) -> str:
    """What a transfer did, as text in which a person can search."""
    return " ".join(piece.text for piece in pieces_of(seen))


def styled(parts: Iterable[Piece], look: Look) -> Line:
    """Pieces in the styles of a screen, with spaces between them."""
    inks = {
        Tone.WIRE: look.muted,
        Tone.NAME: look.accent,
        Tone.VALUE: look.plain,
        Tone.CHANGE: look.warn,
        Tone.BYTES: look.plain,
        Tone.BAD: look.bad,
    }
    return [segment for piece in parts for segment in (Segment(safe(piece.text), inks[piece.tone]), Segment(" "))]


def transfer_line(seen: SeenTransfer, look: Look, width: int, *, with_plugin: bool = True) -> Line:
    """One transfer: the time since the one before (or that this one is lost), plugin, place, failure, what it did.

    After the place stands S for a simulated bus, and F if a fault on demand struck. A wide line begins with the time of
    day. An even wider one has the duration, and starts and stops.

    Args:
        seen: the transfer.
        look: the styles.
        width: cells of the line.
        with_plugin: whether the plugin is named.
    """
    transfer = seen.transfer
    line: Line = [Segment(f"{time_of_day(transfer.time_ns)} ", look.muted)] if width >= WIDE else []
    line.append(Segment(fit(gap_text(seen), 8, right=True) + " ", look.warn if seen.follows_lost else look.muted))
    if with_plugin:
        line.append(Segment(fit(safe(transfer.plugin), 11 if width >= WIDE else 8 if width >= NARROW else 6) + " "))
    line.append(Segment(fit(place_text(transfer.bus, transfer.address), 10) + " ", look.accent))
    line.append(_mark(transfer, look))
    if width >= FULL:
        line.append(Segment(fit(span(transfer.duration_ns), 8, right=True) + "  ", look.muted))
    if transfer.outcome is not Outcome.OK:
        line.append(Segment(f"{transfer.outcome.value.upper()} ", look.bad))
    line += styled(pieces_of(seen, short=width < FULL), look)
    if transfer.detail:
        line.append(Segment(safe(transfer.problem or transfer.detail), look.bad))  # the row has the place already
    return line


def _mark(transfer: TransferCompleted, look: Look) -> Segment:
    """Two cells: whether the transfer may be invented."""
    if transfer.is_injected:
        return Segment("F ", look.bad)
    return Segment("S " if transfer.is_simulated else "  ", look.warn)
