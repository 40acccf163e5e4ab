"""Looks at a component's file without reading it into memory: its kind, its size, its header, its SHA-256."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hostcore.errors import BuildError, PluginFileError
from hostcore.files import open_ordinary, write_whole
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.label import this_compiler
from hostcore.runtime.engine import MAX_COMPONENT

BLOCK = 1 << 20
"""Bytes that are read at once. Between two blocks, the reading can be stopped."""
PACKED = ".xz"
"""End of the name of a component that is compressed: the host's own, which is read only to compile it."""


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


def examine_packed(plugin: str, path: Path) -> ComponentFile:
    """Read the note beside a compressed component, as `noted` does. The component itself is not read.

    Raises:
        PluginFileError: there is no such note, or it is damaged.
    """
    found = noted(note_of_packed(path), plugin, path)
    if found is None:
        raise PluginFileError(plugin, f"{note_of_packed(path)} is missing or damaged; install the host again")
    return found


def note_of_packed(path: Path) -> Path:
    """The note beside a compressed component, which says what the component itself would say."""
    return path.with_suffix(".key")


class KnownComponents:
    """Examines components, and notes what it found, so that the next start reads no file again.

    Args:
        folder: keeps the notes.
        is_stopped: see `examine`.
    """

    def __init__(self, folder: Path, is_stopped: Callable[[], bool]) -> None:
        self._folder, self._is_stopped = folder, is_stopped

    def find(self, plugin: str, path: Path, *, is_own: bool) -> ComponentFile:
        """Return the component. Blocks like `examine` for the first time, later for less than a ms. Raises like it."""
        if _is_packed(path, is_own=is_own):
            return examine_packed(plugin, path)
        note = self._folder / f"{identity(plugin, path)}-{this_compiler()}.key"
        found = noted(note, plugin, path)
        if found is None:
            found = examine(plugin, path, self._is_stopped)
            with suppress(OSError):  # without the note, the next start reads the file again
                write_whole(note, to_note(found.sha256, found.size))
        return found

    def require_unchanged(self, known: ComponentFile, *, is_own: bool) -> None:
        """Raise PluginFileError if the file has another content now. Blocks and raises like `examine`."""
        if _is_packed(known.path, is_own=is_own):  # the compiler compares its SHA-256
            return
        if examine(known.plugin, known.path, self._is_stopped).sha256 != known.sha256:
            raise PluginFileError(known.plugin, f"{known.path} changed while it was compiled; try again")


def _is_packed(path: Path, *, is_own: bool) -> bool:
    return is_own and path.suffix == PACKED


def noted(note: Path, plugin: str, path: Path) -> ComponentFile | None:
    """Read a note of `to_note`; None if there is none, or it is damaged."""
    try:
        sha256, size = note.read_text(encoding="ascii").split()
        return ComponentFile(plugin, path, sha256, int(size)) if len(bytes.fromhex(sha256)) == 32 else None
    except (OSError, ValueError):
        return None


def to_note(sha256: str, size: int) -> bytes:
    """Return the text that notes a component's SHA-256 and size."""
    return f"{sha256} {size}".encode()


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
