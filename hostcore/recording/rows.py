"""Numbers as bytes that zlib shrinks well: the lowest byte of each, then the next of each, and so on.

The lowest bytes of times are noise, and the others are alike. In rows, only the first takes room.

::

    rows = number of rows (1 byte)  how many numbers (4)  row*
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable

_WIDTH = 8
_HEAD = 5


def packed_rows(numbers: Iterable[int]) -> bytes:
    """Write numbers from 0 to 2^64 - 1.

    Raises:
        OverflowError: one is outside.
    """
    kept = array("Q", numbers)
    if sys.byteorder == "big":
        kept.byteswap()
    columns = kept.tobytes()
    rows = [columns[row::_WIDTH] for row in range(_WIDTH)]
    while len(rows) > 1 and not rows[-1].strip(b"\0"):
        rows.pop()
    return bytes((len(rows),)) + len(kept).to_bytes(_HEAD - 1, "little") + b"".join(rows)


def read_rows(content: bytes, start: int) -> tuple[array[int], int]:
    """Read what `packed_rows` wrote at `start`. Each number takes a byte of the content or more.

    Returns:
        The numbers, and the place after them.

    Raises:
        ValueError: it is damaged.
    """
    place = start + _HEAD
    if place > len(content):
        raise ValueError("numbers are cut")
    rows, count = content[start], int.from_bytes(content[start + 1 : place], "little")
    end = place + rows * count
    if not 1 <= rows <= _WIDTH or end > len(content):
        raise ValueError("numbers are damaged")
    columns = bytearray(_WIDTH * count)
    for row in range(rows):
        columns[row::_WIDTH] = content[place + row * count : place + (row + 1) * count]
    numbers = array("Q", bytes(columns))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers, end
