"""The label of a compiled file: the component that it was compiled of, and the compiler.

It follows the code, before the digest (`intact`), so a file can be told from others wherever it was copied.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.intact import DIGEST, MAGIC
from hostcore.runtime.native import library

SETTINGS = 8
"""Increase this with each change of `engine.engine_config`, `compile.portable`, and the form of a compiled file."""
_SHA256 = 32
"""Bytes of the component's SHA-256."""
_COMPILER = 32
"""Bytes of the compiler's identity, which is filled up with zeros."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a compiled file says about itself."""

    sha256: str
    """64 hex digits: the SHA-256 of the component."""
    compiler: str
    """See `compiler_of`."""

    def to_bytes(self) -> bytes:
        """The bytes that follow the code."""
        return bytes.fromhex(self.sha256) + self.compiler.encode("ascii").ljust(_COMPILER, b"\0")


def label_of(file: Path) -> Label | None:
    """Read the label of a compiled file; None if it has none.

    Raises:
        OSError: the file cannot be read.
    """
    length, after = _SHA256 + _COMPILER, DIGEST + len(MAGIC)
    with file.open("rb", buffering=0) as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - length - after))
        end = stream.read(length + after)
    if len(end) != length + after or not end.endswith(MAGIC):
        return None
    compiler = end[_SHA256:length].rstrip(b"\0")
    return Label(end[:_SHA256].hex(), compiler.decode("ascii")) if compiler.isascii() else None


def compiler_of(wasmtime: Path, machine: str) -> str:
    """Identify everything besides the component that affects compiling: wasmtime's library, the machine, the settings.

    It is the same on all computers with one version of wasmtime and one kind of processor, so that a compiled file can
    be copied. wasmtime itself refuses a file that another version of it made, or that needs another processor.
    """
    return f"{wasmtime.stat().st_size:x}-{machine}-{SETTINGS}"


@cache
def this_compiler() -> str:
    """The compiler of this computer."""
    return compiler_of(library.PATH, os.uname().machine)
