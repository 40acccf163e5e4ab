"""Transfers in words: where they went, their bytes, and all of it in one line."""

from __future__ import annotations

from rich.segment import Segment

from hostcore.events import Outcome, TransferCompleted
from hostcore.place import BusKind, BusName
from tui.lines import Line
from tui.look import Look
from tui.text import fit, safe, span, time_of_day

MOST_BYTES = 64
"""Bytes of a message that are shown in a line."""


def place_text(bus: BusName, address: int | None) -> str:
    """Bus and address: ``i2c-1 0x77``, ``gpio 4``."""
    if address is None:
        return bus
    return f"{bus} 0x{address:02x}" if bus.kind is BusKind.I2C else f"{bus} {address}"


def data_of(transfer: TransferCompleted, most: int = MOST_BYTES) -> str:
    """The bytes of a transfer: ``> d0  < 61``; ``>`` is written to the device, ``<`` read from it.

    A line's pulse-width modulation has no bytes, but settings: ``50% 1000 Hz``.

    Args:
        transfer: the transfer.
        most: how many bytes of each message are shown.
    """
    parts = [f"{transfer.pwm.duty:.0%} {transfer.pwm.frequency_hz:g} Hz"] if transfer.pwm else []
    for message in transfer.messages:
        shown = message.data[:most].hex(" ")
        more = f" +{len(message.data) - most}" if len(message.data) > most else ""
        parts.append(f"{'>' if message.written else '<'} {shown}{more}" if shown else ">" if message.written else "<")
    return "  ".join(parts)


def transfer_line(transfer: TransferCompleted, look: Look, width: int, *, with_plugin: bool = True) -> Line:
    """One transfer: time, plugin, place, S for a simulated bus, duration, failure, bytes.

    Args:
        transfer: the transfer.
        look: the styles.
        width: cells of the line; a narrow one leaves out the hour and the duration.
        with_plugin: whether the plugin is named.
    """
    plugin = fit(transfer.plugin, 11) + " " if with_plugin else ""
    time_text = time_of_day(transfer.time_ns) if width >= 76 else time_of_day(transfer.time_ns)[3:]
    line = [
        Segment(f"{time_text} ", look.muted),
        Segment(plugin),
        Segment(fit(place_text(transfer.bus, transfer.address), 12), look.accent),
        Segment("S" if transfer.is_simulated else " ", look.warn),
    ]
    if width >= 66:
        line.append(Segment(fit(span(transfer.duration_ns), 8, right=True) + "  ", look.muted))
    elif transfer.is_simulated:
        line.append(Segment(" "))
    if transfer.outcome is not Outcome.OK:
        line.append(Segment(f"{transfer.outcome.value.upper()} {safe(transfer.detail)} ", look.bad))
    line.append(Segment(data_of(transfer)))
    return line
