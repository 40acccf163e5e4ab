"""Caches compiled components in a folder that only its user can write.

A compiled component is native code that this process maps and runs. It is loaded only if the folder and the file belong
to the user and nobody else can write them.
"""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wasmtime import WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component

from hostcore.errors import BuildError, CacheError, PluginFileError
from hostcore.files import read_bounded, write_whole
from hostcore.runtime.engine import MAX_COMPONENT, GuestEngine
from hostcore.workshop import Workshop

COMPILE_SECONDS = 7.0
"""Typical seconds that Cranelift takes for a Python component on a laptop."""
KEEP = 24
"""Most compiled components that are kept. A Python component has 35 MB."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
KEEP_RUNTIMES = 3
"""Most Python runtime components that are kept. Only a checkout of the source builds its own."""
KEEP_NAMES = "--keep-names"
"""Tells `hostcore.runtime.compile` to keep the names of functions."""
_SETTINGS = 3
"""Increase this with every change of `engine.engine_config`."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled component in the cache."""

    plugin: str
    """Name of the plugin that needs it, for errors."""
    wasm: Path
    """Its source."""
    sha256: str
    """SHA-256 of the source."""
    is_own: bool
    """Whether it is the host's own component, so its functions may be named in traces."""


class CompiledCache:
    """The folder of compiled components.

    Args:
        folder: the folder. It is created with access for the user only.
        engine: compiles and maps components.
        workshop: runs the compiler.
        warn: receives one line of text if a cached file had to be compiled again.

    Raises:
        CacheError: the folder belongs to another user, or others can write to it.
    """

    def __init__(self, folder: Path, engine: GuestEngine, workshop: Workshop, warn: Callable[[str], None]) -> None:
        self.folder, self._engine, self._workshop, self._warn = folder, engine, workshop, warn
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CacheError(f"{folder}: cannot make the folder for compiled components: {error.strerror}") from None
        self.folder = folder = folder.resolve()
        _require_own(folder)
        for parent in folder.parents:
            _require_trusted_parent(parent, folder)

    def find(self, plugin: str, wasm: Path, *, is_own: bool = False) -> Compiled:
        """Find or compile the component in `wasm`. Blocks for seconds the first time, for a millisecond later.

        Raises:
            PluginFileError: `wasm` does not contain a component.
            BuildError: the compiler was stopped.
        """
        note = self._note(plugin, wasm)
        sha256 = self._noted(note)
        if sha256 is None:
            sha256 = self._compile(plugin, wasm, note, is_own=is_own)
            self._prune()
        return Compiled(plugin, wasm, sha256, is_own)

    def load(self, compiled: Compiled) -> Component:
        """Map a compiled component into memory. Blocks for milliseconds.

        Raises:
            CacheError: others could have written the file.
            PluginFileError: the component had to be compiled again, and its source has changed meanwhile.
        """
        file = self._file(compiled.sha256)
        _require_own(file)
        try:
            return Component.deserialize_file(self._engine.engine, str(file))
        except WasmtimeError as error:
            self._warn(f"{file} cannot be used ({_first_line(error)}): compiling it again")
        file.unlink(missing_ok=True)
        note = self._note(compiled.plugin, compiled.wasm)
        if self._compile(compiled.plugin, compiled.wasm, note, is_own=compiled.is_own) != compiled.sha256:
            raise PluginFileError(compiled.plugin, f"{compiled.wasm} changed while it was compiled; try again")
        _require_own(file)
        return Component.deserialize_file(self._engine.engine, str(file))

    def _file(self, sha256: str) -> Path:
        return self.folder / f"{sha256}-{_compiler()}.cwasm"

    def _note(self, plugin: str, wasm: Path) -> Path:
        return self.folder / f"{_stat_key(plugin, wasm)}.key"

    def _noted(self, note: Path) -> str | None:
        try:
            sha256, size = note.read_text(encoding="utf-8").split()
            file = self._file(Path(sha256).name)
            found = file.stat().st_size
        except (OSError, ValueError):
            return None
        if str(found) == size:
            with suppress(OSError):  # a fresh time keeps used files when old ones are removed
                os.utime(file)
            return sha256
        self._warn(f"{file} is damaged ({found} bytes, {size} were written): compiling it again")
        file.unlink(missing_ok=True)
        return None

    def _compile(self, plugin: str, wasm: Path, note: Path, *, is_own: bool) -> str:
        from hashlib import sha256  # noqa: PLC0415 - needed only at the first start with a file

        try:
            content = read_bounded(wasm, MAX_COMPONENT)
        except OSError as error:
            raise PluginFileError(plugin, f"{wasm}: {error.strerror}") from None
        _require_component(plugin, wasm, content)
        digest = sha256(content).hexdigest()
        if not self._file(digest).is_file():
            command = [sys.executable, "-m", "hostcore.runtime.compile", str(wasm.resolve()), digest]
            command += [str(self._file(digest)), *([KEEP_NAMES] if is_own else [])]
            try:
                self._workshop.run(f"Compiling {wasm.name}", command, Path(__file__).parents[2], COMPILE_SECONDS)
            except BuildError as error:
                if self._workshop.stopped:
                    raise
                raise PluginFileError(plugin, f"{wasm} cannot be compiled: {error}") from None
        write_whole(note, f"{digest} {self._file(digest).stat().st_size}".encode())
        return digest

    def _prune(self) -> None:
        for pattern, keep in (("*.cwasm", KEEP), ("*.wasm", KEEP_RUNTIMES), ("*.key", 4 * KEEP)):
            for path in sorted(self.folder.glob(pattern), key=_age)[keep:]:
                path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _compiler() -> str:
    """Identifies everything else that affects compiling: wasmtime's library, the machine, the settings."""
    library = Path(ffi.dll._name).stat()
    return f"{library.st_size:x}-{library.st_mtime_ns:x}-{platform.machine()}-{_SETTINGS}"


def _stat_key(plugin: str, wasm: Path) -> str:
    """Identifies the content of 20 MB without reading it: the file, its size, its time, and the compiler."""
    try:
        found = wasm.stat()
    except OSError as error:
        raise PluginFileError(plugin, f"{wasm}: {error.strerror}") from None
    return f"{found.st_dev:x}-{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}-{_compiler()}"


def _require_component(plugin: str, wasm: Path, content: bytes) -> None:
    """Check the preamble: magic, version, layer (Component Model, Binary.md; core WebAssembly 5.5.16)."""
    if not content:
        raise PluginFileError(plugin, f"{wasm} is empty; build it again")
    if content[:4] != b"\0asm":
        raise PluginFileError(plugin, f"{wasm} is not WebAssembly (it starts with {content[:8]!r})")
    if content[4:8] == b"\x01\0\0\0":
        raise PluginFileError(plugin, f"{wasm} is a core module; a plugin is a component: build it against wit/")
    if content[6:8] != b"\x01\0":
        raise PluginFileError(plugin, f"{wasm} is damaged: its header is {content[:8].hex(' ')}")


def _require_own(path: Path) -> None:
    try:
        found = path.lstat()
    except OSError as error:
        raise CacheError(f"{path}: {error.strerror}") from None
    if found.st_uid != os.geteuid():
        raise CacheError(
            f"{path} belongs to user {found.st_uid}, not to you: compiled code runs only from your own files"
        )
    if found.st_mode & _OTHERS_WRITE:
        raise CacheError(
            f"{path} can be written by others (mode {stat.S_IMODE(found.st_mode):04o}): compiled code does not run "
            f"from there; make sure that nobody changed it and run chmod go-w on it, or remove it"
        )


def _require_trusted_parent(parent: Path, folder: Path) -> None:
    found = parent.stat()
    if found.st_uid not in {0, os.geteuid()}:
        raise CacheError(
            f"{parent} belongs to user {found.st_uid}, who could replace {folder}: compiled code does not run from "
            "there; set cache_folder in host.toml to another place"
        )
    if found.st_mode & _OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
        raise CacheError(
            f"{parent} can be written by others, who could replace {folder}: compiled code does not run from there; "
            f"chmod go-w {parent}, or set cache_folder in host.toml to another place"
        )


def _first_line(error: WasmtimeError) -> str:
    return str(error).partition("\n")[0]
