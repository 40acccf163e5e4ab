"""The words for what a driver asks for, and for what a person wrote, in messages about transcripts."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.transcript.model import Part

SHOWN_BYTES = 24
"""Most bytes of a part that a message shows."""
LONGEST_FOUND = 40
"""Most characters of a person's text that a message repeats."""


def found(text: str) -> str:
    """A person's text, as a message repeats it."""
    return repr(text if len(text) <= LONGEST_FOUND else f"{text[:LONGEST_FOUND]}…")


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
