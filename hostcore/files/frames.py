"""Files of frames with checksums, one after the other. One that is cut at any byte is read up to its last whole frame.

::

    frame = kind (1 byte)  length of content (4)  CRC-32 of kind, length and content (4)  content

Numbers are little-endian.
"""

from __future__ import annotations

import struct
import zlib

_HEAD = struct.Struct("<BI")
_CHECK = struct.Struct("<I")
HEAD_BYTES = _HEAD.size + _CHECK.size
"""Bytes of a frame before its content."""
MOST_FRAME = 64 << 20
"""Most bytes of a frame's content."""


def frame(kind: int, content: bytes) -> bytes:
    """Write one frame."""
    head = _HEAD.pack(kind, len(content))
    return head + _CHECK.pack(zlib.crc32(content, zlib.crc32(head))) + content


def content_size(head: bytes) -> int | None:
    """Return how many bytes of content follow a frame's first `HEAD_BYTES`; None if these are no frame."""
    if len(head) != HEAD_BYTES:
        return None
    size: int = _HEAD.unpack_from(head)[1]
    return size if size <= MOST_FRAME else None


def checked(head: bytes, content: bytes) -> int | None:
    """Return the kind of a frame; None if it is cut or damaged.

    Args:
        head: its first `HEAD_BYTES`.
        content: what follows, `content_size` bytes if the file is whole.
    """
    if content_size(head) != len(content):
        return None
    (expected,) = _CHECK.unpack_from(head, _HEAD.size)
    if zlib.crc32(content, zlib.crc32(head[: _HEAD.size])) != expected:
        return None
    return head[0]
