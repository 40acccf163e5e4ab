"""Looks at a component's file without reading it into memory: its kind, its size, its header, its SHA-256."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.errors import BuildError, PluginFileError
from hostcore.files import open_ordinary
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.engine import MAX_COMPONENT

BLOCK = 1 << 20
"""Bytes that are read at once. Between two blocks, the reading can be stopped."""


@dataclass(frozen=True, slots=True)
class ComponentFile:
    """A file that has the size and the header of a component."""

    plugin: str
    """The plugin that needs it, for errors."""
    path: Path
    sha256: str
    """64 hex digits."""
    size: int
    """Bytes."""


def identity(plugin: str, path: Path) -> str:
    """Identify the content of a file without reading it: the file, its size, and its times.

    Raises:
        PluginFileError: the file is not there, is not a regular file, or is too large.
    """
    with _opened(plugin, path) as handle:
        return _identity(os.fstat(handle))


def examine(plugin: str, path: Path, is_stopped: Callable[[], bool]) -> ComponentFile:
    """Check a component's file and hash it. Takes 1 MiB of memory. Blocks for about 0.1 s on a Pi with 20 MB.

    Args:
        plugin: the plugin that needs it, for errors.
        path: the file.
        is_stopped: whether to give up; it is asked before each block.

    Raises:
        PluginFileError: the file is not a component, is too large, or changed while it was read.
        BuildError: it was stopped.
    """
    from hashlib import sha256  # noqa: PLC0415 - needed only at the first start with a file

    with _opened(plugin, path) as handle:
        before = os.fstat(handle)
        digest, size = sha256(), 0
        while block := os.read(handle, BLOCK):
            if not size:
                _require_component(plugin, path, block)
            if is_stopped():
                raise BuildError(f"Reading {path.name}: stopped")
            digest.update(block)
            size += len(block)
        if not size:
            raise PluginFileError(plugin, f"{path} is empty; build it again")
        if size != before.st_size or _identity(os.fstat(handle)) != _identity(before):
            raise PluginFileError(plugin, f"{path} changed while it was read; try again")
    return ComponentFile(plugin, path, digest.hexdigest(), size)


@contextmanager
def _opened(plugin: str, path: Path) -> Iterator[int]:
    """Open an ordinary file of a bounded size. A pipe or a device is refused, and not even opened."""
    try:
        handle = open_ordinary(path)
    except OSError as error:
        raise PluginFileError(plugin, f"{path}: {error.strerror}") from None
    try:
        found = os.fstat(handle)
        if found.st_size > MAX_COMPONENT:
            raise PluginFileError(
                plugin,
                f"{path} has {found.st_size / 1e6:,.0f} MB; a component can have {MAX_COMPONENT / 1e6:,.0f} MB "
                "(MAX_COMPONENT); build a smaller one",
            )
        yield handle
    except OSError as error:
        raise PluginFileError(plugin, f"{path}: {error.strerror}") from None
    finally:
        os.close(handle)


def _identity(found: os.stat_result) -> str:
    return f"{found.st_dev:x}-{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}"


def _require_component(plugin: str, path: Path, content: bytes) -> None:
    """Check the preamble: magic, version, layer (Component Model, Binary.md; core WebAssembly 5.5.16)."""
    if content[:4] != b"\0asm":
        raise PluginFileError(plugin, f"{path} is not WebAssembly (it starts with {content[:8]!r})")
    if content[4:8] == b"\x01\0\0\0":
        raise PluginFileError(plugin, f"{path} is a core module; a plugin is a component: build it against wit/")
    if content[6:8] != b"\x01\0":
        raise PluginFileError(plugin, f"{path} is damaged: its header is {content[:8].hex(' ')}")
