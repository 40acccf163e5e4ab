"""The words for a place and for what a driver asks for, in transcripts and in messages about them."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.place import BusKind, Place
from hostcore.transcript.model import Part

SHOWN_BYTES = 24
"""Most bytes of a part that a message shows."""


def place_words(place: Place) -> str:
    """Name a place as in a transcript: ``i2c-1 0x5c``, ``spi-0 1``, ``gpio 4``, ``uart-serial0``."""
    if place.address is None:
        return str(place.bus)
    return f"{place.bus} 0x{place.address:02x}" if place.bus.kind is BusKind.I2C else f"{place.bus} {place.address}"


def parts_words(parts: Sequence[Part]) -> str:
    """Say what is written and read: ``wrote f7 and read 2 bytes``. Nothing of both is a capture of edges."""
    return " and ".join(map(_part, parts)) or "captured edges"


def difference_words(parts: Sequence[Part], recorded: Sequence[Part]) -> str:
    """Say in what two transfers at one place differ: both sides, or of long writes the first byte that differs."""
    for one, other in zip(parts, recorded, strict=False):
        if isinstance(one, bytes) and isinstance(other, bytes) and len(one) == len(other) > SHOWN_BYTES:
            for at, (here, there) in enumerate(zip(one, other, strict=True), 1):
                if here != there:
                    return f"wrote {here:02x} as byte {at:,} of {len(one):,}, recorded {there:02x}"
    return f"{parts_words(parts)}, recorded {parts_words(recorded)}"


def _part(part: Part) -> str:
    if isinstance(part, int):
        return f"read {part:,} byte{'s' * (part != 1)}"
    shown = part[:SHOWN_BYTES].hex(" ") or "no byte"
    return f"wrote {shown}" if len(part) <= SHOWN_BYTES else f"wrote {shown} … ({len(part):,} bytes)"
