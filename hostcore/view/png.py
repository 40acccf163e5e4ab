"""A picture as a PNG file (W3C, "Portable Network Graphics (PNG) Specification")."""

from __future__ import annotations

import struct
import zlib

from hostcore.devices.ssd1306 import Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SCALE = 4
"""By how much a picture is enlarged, so that people can see its pixels."""


def png_of(picture: Picture, scale: int = SCALE) -> bytes:
    """Encode a picture with one bit a pixel. Lit pixels are white, the others black.

    Args:
        picture: the picture.
        scale: pixels of the file for each pixel of the display, in both directions.
    """
    header = struct.pack(">IIBBBBB", picture.width * scale, picture.height * scale, 1, 0, 0, 0, 0)
    rows = b"".join((b"\x00" + _widened(row, picture.width, scale)) * scale for row in picture.rows)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _widened(row: bytes, width: int, scale: int) -> bytes:
    """A row with each pixel repeated `scale` times."""
    digits = f"{int.from_bytes(row):0{width}b}"
    wide = "".join(digit * scale for digit in digits)
    return int(wide, 2).to_bytes(-(-len(wide) // 8))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
