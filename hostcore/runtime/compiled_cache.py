"""Caches compiled components in a folder that only its user can write.

A compiled component is native code that this process maps and runs. It is loaded only if the folder and the file belong
to the user, nobody else can write them, and the file is as it was written.
"""

from __future__ import annotations

import os
import platform
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.config.model import CompilingSettings
from hostcore.errors import PluginFileError
from hostcore.files import write_whole
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.intact import OWN, IntactThisBoot, is_intact, note_of
from hostcore.runtime.compiling.own_files import own_folder, require_own
from hostcore.runtime.compiling.source import ComponentFile, examine, identity
from hostcore.runtime.compiling.use import FilesInUse, LoadingMark
from hostcore.runtime.crash import NO_ROOM
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native import library
from hostcore.runtime.native.library import WasmtimeError
from hostcore.runtime.native.objects import Component
from hostcore.runtime.room import no_address_space
from hostcore.workshop import Workshop

if TYPE_CHECKING:
    from hostcore.runtime.compiling.compiler import Compiler

_SETTINGS = 6
"""Increase this with every change of `engine.engine_config`, and of the form of a compiled file."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled component in the cache."""

    source: ComponentFile
    file: Path
    """The compiled file."""
    is_own: bool
    """Whether it is the host's own component, so its functions may be named in traces."""


class CompiledCache:
    """The folder of compiled components.

    Args:
        folder: the folder. It is created with access for the user only.
        engine: maps components.
        workshop: runs the compiler.
        warn: receives one line of text if a cached file had to be compiled again.
        settings: the limits of compiling.
        intact: checks the files before they are mapped.

    Raises:
        CacheError: the folder belongs to another user, or others can write to it.
    """

    def __init__(
        self,
        folder: Path,
        engine: GuestEngine,
        workshop: Workshop,
        warn: Callable[[str], None],
        *,
        settings: CompilingSettings = CompilingSettings(),  # noqa: B008 - frozen
        intact: IntactThisBoot | None = None,
    ) -> None:
        self.folder, self._engine, self._warn = own_folder(folder), engine, warn
        self._workshop, self._settings = workshop, settings
        self._intact = intact or IntactThisBoot()
        self._in_use, self._marks, self._lock = FilesInUse(), dict[Path, LoadingMark](), threading.Lock()
        self._compiling: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._newest: dict[Path, Path] = {}
        """The compiled file of each component's file, as it was found last."""

    @cached_property
    def compiler(self) -> Compiler:
        """The compiler of this folder."""
        from hostcore.runtime.compiling.compiler import Compiler  # noqa: PLC0415 - an ordinary start compiles nothing

        return Compiler(self.folder, self._workshop, self._settings)

    def find(
        self,
        plugin: str,
        wasm: Path,
        *,
        is_own: bool = False,
        approve: Callable[[str], None] = lambda _sha256: None,
    ) -> Compiled:
        """Find or compile the component in `wasm`. Blocks for seconds to minutes the first time, later for a ms.

        Args:
            plugin: the plugin that needs it.
            wasm: its file.
            is_own: whether it is the host's own component.
            approve: is called with the SHA-256 before anything is compiled, and raises if that may not run.

        Raises:
            PluginFileError: `wasm` does not contain a component, or compiling it takes more than it may.
            BuildError: the compiler was stopped.
        """
        found = self.look(plugin, wasm, is_own=is_own)
        approve(found.source.sha256)
        with self._compiling[found.file]:  # copies of a component compile it once
            if not self._hold(found.file):
                self._compile(found)
                self._prune()
        if is_own and wasm.parent == self.folder:
            self._hold(wasm)
        self._supersede(wasm, found.file)
        return found

    def look(self, plugin: str, wasm: Path, *, is_own: bool) -> Compiled:
        """Name the compiled file of the component in `wasm`, which may not exist yet. Raises like `find`."""
        note = self.folder / f"{identity(plugin, wasm)}-{_compiler()}.key"
        source = _noted(note, plugin, wasm)
        if source is None:
            source = examine(plugin, wasm, lambda: self._workshop.stopped)
            with suppress(OSError):  # without the note, the next start reads the file again
                write_whole(note, f"{source.sha256} {source.size}".encode())
        return Compiled(source, self.folder / compiled_name(source.sha256, is_own=is_own), is_own)

    def load(self, compiled: Compiled) -> Component:
        """Map a compiled component into memory. Blocks for milliseconds, and longer for the first time after a boot.

        A mark on disk says that this process is loading it, until `survived`.

        Raises:
            CacheError: others could have written the file.
            PluginFileError: the component had to be compiled again, and that failed.
            BuildError: it had to be compiled again, and was stopped.
            NoRoomError: there is no address space for it.
        """
        file = compiled.file
        require_own(file)
        mark = self._marked(compiled)
        if mark is not None and mark.found_dead:
            self._after_a_death(compiled, mark)
        elif not self._intact.holds(file):
            self._compile_again(compiled, "is damaged (its content does not fit its digest)")
        try:
            return Component.deserialize_file(self._engine.engine, str(file))
        except WasmtimeError as error:
            if NO_ROOM in str(error):  # then the file is sound
                raise no_address_space(compiled.source.plugin) from error
            self._compile_again(compiled, f"cannot be used ({_first_line(error)})")
        require_own(file)
        try:
            return Component.deserialize_file(self._engine.engine, str(file))
        except WasmtimeError as error:
            problem = f"{compiled.source.path} was compiled, but cannot be used: {_first_line(error)}"
            raise PluginFileError(compiled.source.plugin, problem) from None

    def survived(self, compiled: Compiled) -> None:
        """Note that the component was loaded, its code has run, and this process lives. Does nothing a second time."""
        with self._lock:
            mark = self._marks.pop(compiled.file, None)
        if mark is not None:
            mark.survived()

    def close(self) -> None:
        """Give up all files. The process goes on without the components, or ends in good order."""
        with self._lock:
            while self._marks:
                _, mark = self._marks.popitem()
                if mark.found_dead:
                    mark.leave()
                else:
                    mark.survived()
            self._in_use.close()

    def _supersede(self, wasm: Path, file: Path) -> None:
        """Give up the file of an earlier version of `wasm`. An instance that has mapped it does not need its name."""
        with self._lock:
            before = self._newest.get(wasm, file)
            self._newest[wasm] = file
            if before not in self._newest.values():
                self._in_use.release(before)

    def _prune(self) -> None:
        from hostcore.runtime.compiling.pruning import prune  # noqa: PLC0415 - see compiler

        prune(self.folder)

    def _hold(self, file: Path) -> bool:
        with self._lock:
            is_there = self._in_use.hold(file)
        if is_there and file.suffix == ".cwasm":
            with suppress(OSError):  # a fresh time keeps used files when old ones are removed
                os.utime(note_of(file))  # not the file's own time, which is a part of its identity
        return is_there

    def _marked(self, compiled: Compiled) -> LoadingMark | None:
        """Mark the file as being loaded. Returns None if the folder cannot be written: then the digest must do."""
        with self._lock, suppress(OSError):
            if compiled.file not in self._marks:
                self._marks[compiled.file] = LoadingMark(compiled.file.with_suffix(".loading"))
            return self._marks[compiled.file]
        return None

    def _after_a_death(self, compiled: Compiled, mark: LoadingMark) -> None:
        """Compile the file again after a host died while it loaded it. Never give up a file that is intact for that."""
        file, is_fine = compiled.file, is_intact(compiled.file)
        if is_fine and mark.was_compiled_again:
            self._warn(
                f"a host died again while it loaded {file}, which was compiled again before and is intact: the cause "
                f"is likely another one, such as too little memory"
            )
            return
        try:
            self._compile_again(compiled, "was being loaded when a host died")
        except PluginFileError as error:
            if not is_fine:
                raise
            self._warn(f"{error}; {file} is intact and is used as it is")
        mark.compiled_again()

    def _compile_again(self, compiled: Compiled, problem: str) -> None:
        self._warn(f"{compiled.file} {problem}: compiling it again")
        source = examine(compiled.source.plugin, compiled.source.path, lambda: self._workshop.stopped)
        if source.sha256 != compiled.source.sha256:
            raise PluginFileError(source.plugin, f"{source.path} changed while it was compiled; try again")
        self._compile(compiled)

    def _compile(self, compiled: Compiled) -> None:
        self.compiler.compile(compiled.source, compiled.file, keep_names=compiled.is_own)
        self._intact.note(compiled.file)
        self._hold(compiled.file)


def compiled_name(sha256: str, *, is_own: bool) -> str:
    """Return the name of the compiled file of the component with this SHA-256."""
    return f"{sha256}-{_compiler()}{OWN if is_own else ''}.cwasm"


def _noted(note: Path, plugin: str, wasm: Path) -> ComponentFile | None:
    try:
        sha256, size = note.read_text(encoding="ascii").split()
        return ComponentFile(plugin, wasm, sha256, int(size)) if len(bytes.fromhex(sha256)) == 32 else None
    except (OSError, ValueError):
        return None


def _compiler() -> str:
    """Identifies everything else that affects compiling: wasmtime's library, the machine, the settings.

    It is the same on all computers with one version of wasmtime and one kind of processor, so that a compiled file can
    be copied. wasmtime itself refuses a file that another version of it made, or that needs another processor.
    """
    return f"{library.PATH.stat().st_size:x}-{platform.machine()}-{_SETTINGS}"


def _first_line(error: WasmtimeError) -> str:
    return str(error).partition("\n")[0]
