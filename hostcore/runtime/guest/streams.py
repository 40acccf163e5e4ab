"""Standard output and error that take all that is printed.

WASI takes so many bytes at a time and says how many. CPython's text layer, unbuffered here so that a crash loses
nothing, does not look at that and would lose the rest.
"""

import io
import os
import sys
from collections.abc import Buffer

STDOUT, STDERR = 1, 2


class WholeWrites(io.RawIOBase):
    """A file descriptor that is written to until it has taken everything."""

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
    """Let `print` lose nothing."""
    sys.stdout = io.TextIOWrapper(WholeWrites(STDOUT), "utf-8", "backslashreplace", write_through=True)
    sys.stderr = io.TextIOWrapper(WholeWrites(STDERR), "utf-8", "backslashreplace", write_through=True)
