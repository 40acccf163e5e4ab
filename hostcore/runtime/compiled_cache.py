"""Caches compiled components in a folder that only its user can write.

A compiled component is native code that this process maps and runs. It is loaded only if the folder and the file belong
to the user, nobody else can write them, and the file is as it was written. A file that was compiled ahead of time,
elsewhere, is loaded in place of one in the folder under the conditions of `compiling.ahead`.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.config.model import CompilingSettings
from hostcore.errors import PluginFileError
from hostcore.quick_dataclass import dataclass, replace
from hostcore.runtime.compiling.ahead import Ahead, AheadFiles
from hostcore.runtime.compiling.intact import OWN, IntactThisBoot, is_intact, note_of
from hostcore.runtime.compiling.label import this_compiler
from hostcore.runtime.compiling.own_files import own_folder, require_own
from hostcore.runtime.compiling.source import ComponentFile, KnownComponents
from hostcore.runtime.compiling.use import FilesInUse, LoadingMark, LoadingMarks
from hostcore.runtime.crash import NO_ROOM
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.library import WasmtimeError
from hostcore.runtime.native.objects import Component
from hostcore.runtime.room import no_address_space
from hostcore.workshop import Workshop

if TYPE_CHECKING:
    from hostcore.runtime.compiling.compiler import Compiler


_INSTEAD = "compiling the component instead"
_AS_IT_IS = "is intact and is used as it is"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled component."""

    source: ComponentFile
    file: Path
    """The compiled file in the folder. It does not exist if one that was compiled ahead is used."""
    is_own: bool
    """Whether it is the host's own component, so its functions may be named in traces."""
    ahead: Ahead | None = None
    """The file that was compiled ahead of time and is used; None for the one in the folder."""


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
        self._ahead = AheadFiles(self.folder, self._intact)
        self._in_use, self._marks, self._lock = FilesInUse(), LoadingMarks(), threading.Lock()
        self._known = KnownComponents(self.folder, lambda: workshop.stopped)
        self._compiling: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._newest: dict[Path, Path] = {}
        """The compiled file of each component's file, as it was found last."""
        self._told = set[str]()
        """What was said of files that were compiled ahead: a plugin that is started again and again says it once."""

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
        ahead: Ahead | None = None,
    ) -> Compiled:
        """Find or compile the component in `wasm`. Blocks for seconds to minutes the first time, later for a ms.

        Args:
            plugin: the plugin that needs it.
            wasm: its file.
            is_own: whether it is the host's own component.
            approve: is called with the SHA-256 before anything is compiled, and raises if that may not run.
            ahead: a file that was compiled ahead of time. It is used if it fits and the folder has none.

        Raises:
            PluginFileError: `wasm` does not contain a component, or compiling it takes more than it may.
            BuildError: the compiler was stopped.
        """
        found = self.look(plugin, wasm, is_own=is_own)
        approve(found.source.sha256)
        with self._compiling[found.file]:  # copies of a component compile it once
            present = self.present(found, ahead) or self._compile_first(found)
        if is_own and wasm.parent == self.folder:
            self._hold(wasm)
        self._supersede(wasm, found.file)
        return present

    def present(self, found: Compiled, ahead: Ahead | None) -> Compiled | None:
        """Return what can be loaded without compiling: the file in the folder, or the one ahead; None if neither can.

        The file in the folder goes first: if there is one, the one ahead could not be used before.
        """
        if self._hold(found.file):
            return found
        if ahead is None:
            return None
        problem = self._ahead.problem(ahead, found.source.sha256)
        if not problem:
            return replace(found, ahead=ahead)
        self._tell(f"{ahead.file} {problem}: {_INSTEAD}")
        return None

    def look(self, plugin: str, wasm: Path, *, is_own: bool) -> Compiled:
        """Name the compiled file of the component in `wasm`, which may not exist yet. Raises like `find`."""
        source = self._known.find(plugin, wasm, is_own=is_own)
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
        if compiled.ahead is not None:
            return self._load_ahead(compiled, compiled.ahead)
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
            self._compile_again(compiled, f"cannot be used ({_cause(error)})")
        require_own(file)
        try:
            return Component.deserialize_file(self._engine.engine, str(file))
        except WasmtimeError as error:
            problem = f"{compiled.source.path} was compiled, but cannot be used: {_cause(error)}"
            raise PluginFileError(compiled.source.plugin, problem) from None

    def survived(self, compiled: Compiled) -> None:
        """Note that the component was loaded, its code has run, and this process lives. Does nothing a second time."""
        self._marks.survived(compiled.file)

    def close(self) -> None:
        """Give up all files. The process goes on without the components, or ends in good order."""
        self._marks.close()
        with self._lock:
            self._in_use.close()

    def _load_ahead(self, compiled: Compiled, ahead: Ahead) -> Component:
        """Map a file that was compiled ahead. If it cannot be used, compile the component as if there were none."""
        mark = self._marked(compiled)
        if mark is not None and mark.found_dead and not mark.was_compiled_again:
            try:
                return self._load_instead(compiled, ahead, "was being loaded when a host died")
            except PluginFileError as error:
                self._warn(f"{error}; {ahead.file} {_AS_IT_IS}")
                mark.compiled_again()
        try:
            return Component.deserialize_file(self._engine.engine, str(ahead.file))
        except WasmtimeError as error:
            if NO_ROOM in str(error):
                raise no_address_space(compiled.source.plugin) from error
            return self._load_instead(compiled, ahead, f"cannot be used ({_cause(error)})")

    def _load_instead(self, compiled: Compiled, ahead: Ahead, problem: str) -> Component:
        here = replace(compiled, ahead=None)
        self._tell(f"{ahead.file} {problem}: {_INSTEAD}")
        with self._compiling[here.file]:
            if not self._hold(here.file):
                self._compile_first(here)
        self.survived(compiled)  # the file in the folder has a mark of its own
        return self.load(here)

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._warn(line)

    def _compile_first(self, found: Compiled) -> Compiled:
        self._compile(found)
        self._prune()
        return found

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
        ahead = compiled.ahead
        return self._marks.set(
            compiled.file, self._ahead.mark(ahead) if ahead else compiled.file.with_suffix(".loading")
        )

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
            self._warn(f"{error}; {file} {_AS_IT_IS}")
        mark.compiled_again()

    def _compile_again(self, compiled: Compiled, problem: str) -> None:
        self._warn(f"{compiled.file} {problem}: compiling it again")
        self._known.require_unchanged(compiled.source, is_own=compiled.is_own)
        self._compile(compiled)

    def _compile(self, compiled: Compiled) -> None:
        self.compiler.compile(compiled.source, compiled.file, keep_names=compiled.is_own)
        self._intact.note(compiled.file)
        self._hold(compiled.file)


def compiled_name(sha256: str, *, is_own: bool) -> str:
    """Return the name of the compiled file of the component with this SHA-256."""
    return f"{sha256}-{this_compiler()}{OWN if is_own else ''}.cwasm"


def _cause(error: WasmtimeError) -> str:
    """The last of wasmtime's causes, which says most: for example, what the processor lacks."""
    return str(error).rstrip().rpartition("\n")[2].strip().lstrip("0123456789").removeprefix(":").strip()
