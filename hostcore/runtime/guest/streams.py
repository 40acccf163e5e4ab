"""Standard output and error without losses.

A WASI write may accept only a part of the data, and returns its size. CPython's text layer ignores the size when it
is unbuffered, and would lose the rest. It is unbuffered here so that a crash loses no output.
"""

import io
import os
import sys
from collections.abc import Buffer

STDOUT, STDERR = 1, 2


class WholeWrites(io.RawIOBase):
    """A file descriptor. Each write repeats until all data is written."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Buffer) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        while left:
            left = left[os.write(self._descriptor, left) :]
        return size


def use_whole_writes() -> None:
    """Make `print` write everything."""
    sys.stdout = io.TextIOWrapper(WholeWrites(STDOUT), "utf-8", "backslashreplace", write_through=True)
    sys.stderr = io.TextIOWrapper(WholeWrites(STDERR), "utf-8", "backslashreplace", write_through=True)
