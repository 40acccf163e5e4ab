"""Prints bytes that are not UTF-8, and half a character at the end."""

import sys


def read() -> dict[str, int]:
    sys.stdout.buffer.write(b"\xff\xfe\x80 not UTF-8 \xe2\x82\n\xf0\x9f")
    sys.stdout.buffer.flush()
    return {"printed": 1}
