"""Keeps the bytecode of libraries' modules, so that they need not be compiled at each start.

The Python in the sandbox compiles each module in an instance of its own, which sees nothing else. So no library can
touch the bytecode of another. A file's name depends on the source, on the name that tracebacks show, and on the Python
runtime. The bytecode runs in the sandbox only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostcore.errors import PluginError
from hostcore.files import make_folder, read_bounded, write_whole
from hostcore.hashes import blake2b

MOST_BYTES = 8 << 20
"""The longest bytecode that is kept, in bytes."""
MOST_FILES = 4000
"""Most files in the folder. Then the oldest half is removed. A driver with its libraries has 10 to 40 modules."""
DIGEST = 32
"""Bytes of the digest at the start of a file, which finds a damaged one."""

Compile = Callable[[str, str], bytes]
"""Compiles the source with this path. Blocks for 1 to 100 ms. Raises `PluginError`."""


class BytecodeCache:
    """The bytecode of all libraries' modules, in a folder. Thread-safe.

    Args:
        folder: the folder. It is made when there is something to keep.
        runtime: identifies the Python that compiles and runs the bytecode.
    """

    def __init__(self, folder: Path, runtime: str) -> None:
        self._folder, self._runtime = folder, runtime

    def bytecode(self, path: str, source: str, compile_source: Compile) -> bytes:
        """Return the bytecode of a module: the one that is kept, or a new one. Blocks for a millisecond, or to compile.

        Args:
            path: the file name that tracebacks show.
            source: its source.
            compile_source: compiles it.

        Returns:
            The bytecode; b"" if the source cannot be compiled. Then the plugin that imports it gets the exception.
        """
        file = self._folder / f"{self._key(path, source)}.pyc"
        kept = _intact(file)
        if kept:
            return kept
        try:
            compiled = compile_source(path, source)
        except PluginError:
            return b""
        with suppress(OSError):  # without the file, the next start compiles again
            make_folder(self._folder, 0o700)
            self._prune()
            write_whole(file, _digest(compiled) + compiled)
        return compiled

    def _key(self, path: str, source: str) -> str:
        text = f"{self._runtime}\0{path}\0{source}".encode("utf-8", "surrogatepass")
        return blake2b(text, digest_size=24).hexdigest()

    def _prune(self) -> None:
        files = [*self._folder.iterdir()]
        if len(files) < MOST_FILES:
            return
        for file in sorted(files, key=lambda each: each.stat().st_mtime_ns)[: MOST_FILES // 2]:
            file.unlink(missing_ok=True)


def _intact(file: Path) -> bytes:
    try:
        content = read_bounded(file, MOST_BYTES)
    except OSError:
        return b""
    bytecode = content[DIGEST:]
    return bytecode if content[:DIGEST] == _digest(bytecode) else b""


def _digest(bytecode: bytes) -> bytes:
    return blake2b(bytecode, digest_size=DIGEST).digest()
