"""Loads plugins: the objects that all plugins share, and the steps from a file to an instance."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from hostcore.access.decisions import Access
from hostcore.actuators import Actuators
from hostcore.buses.call_limit import CallLimit, TimeLimit, WithinCall
from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.config.model import CompilingSettings
from hostcore.errors import (
    HostError,
    PluginError,
)
from hostcore.hostcall import Drop, HostFunctions
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.kit import Kit
from hostcore.quantities import Catalog
from hostcore.quick_dataclass import replace
from hostcore.runtime.bytecode import BytecodeCache
from hostcore.runtime.compiled_cache import Compiled, CompiledCache
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.demo_plugins import needed_drivers, polls
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.heap import limit_heap
from hostcore.runtime.instance import Instance
from hostcore.runtime.instances import Instances
from hostcore.runtime.library_modules import NO_MODULES, Modules
from hostcore.runtime.lift_limit import can_limit_lifts
from hostcore.runtime.linker import LinkedComponent, link
from hostcore.runtime.output import Output
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.plugin_file import ahead_of, read_source, require_pinned
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.python_runtime import PythonRuntime
from hostcore.runtime.room import MemoryTotal, require_address_space
from hostcore.runtime.sleeper import Sleeper
from hostcore.runtime.source_loading import load
from hostcore.workshop import Workshop

if TYPE_CHECKING:
    from hostcore.libraries.libraries import Libraries
    from hostcore.runtime.instances import Means

METADATA = "# /// script"
"""A line of a plugin that has metadata (PEP 723)."""
SHORT_SOURCE = 1024
"""Characters. A shorter source is compiled where it runs: another instance would take longer than it saves memory."""
WHEELS, BYTECODE = "wheels", "bytecode"
"""Folders beside the compiled components."""


class Runtime:
    """Objects that all plugins share: the engine, compiled components, and linked components.

    Args:
        cache_folder: folder of the compiled components.
        clock: the clock that plugins see.
        buses: all buses.
        workshop: builds and compiles.
        warn: receives one line of text if a compiled file had to be compiled again, or if the data of a call cannot be
            bounded.
        actuators: all actuators.
        compiling: the limits of compiling.
        total_memory_mib: the memory that all instances together may use; None for no limit.
        wheels: the folder of the plugins' libraries; by default one in `cache_folder`.

    Attributes:
        catalog: knows what the values of all plugins measure. Each plugin's thread keeps its own entry.
        wheels: the folder of the plugins' libraries.

    Raises:
        CacheError: the folder of compiled components is unsafe.
        HostError: there is no address space for a plugin, or no thread for the engine.
    """

    def __init__(
        self,
        cache_folder: Path,
        clock: Clock,
        buses: Buses,
        workshop: Workshop,
        warn: Callable[[str], None] = lambda _text: None,
        *,
        actuators: Actuators,
        compiling: CompilingSettings = CompilingSettings(),  # noqa: B008 - frozen
        total_memory_mib: int | None = None,
        wheels: Path | None = None,
    ) -> None:
        require_address_space()
        self._clock, self._workshop = clock, workshop
        limit_heap()
        if not can_limit_lifts():
            warn("this build of wasmtime cannot bound a call's data: one call can take 300 MB of the host's memory")
        self._engine = GuestEngine()
        total = MemoryTotal(total_memory_mib)
        self.catalog = Catalog()
        self._instances = Instances(self._engine, clock, buses, actuators, total, GuestMemories(), self.catalog)
        try:
            self._cache = CompiledCache(cache_folder, self._engine, workshop, warn, settings=compiling)
        except HostError:
            self._engine.close()
            raise
        self.wheels = wheels or self._cache.folder / WHEELS
        self._linked = WeakValueDictionary[Path, LinkedComponent]()
        self._python = PythonRuntime(self._cache.folder, workshop)
        self._file_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)

    def prepare(self, spec: PluginSpec, source: str | None = None, *, is_replay: bool = False) -> Prepared:
        """Read, check and compile the plugin's file. Blocks for seconds the first time, then for milliseconds.

        Args:
            spec: the plugin.
            source: the Python of a .py, if it is not to be read from its file.
            is_replay: its libraries are in the recording, so neither a lock nor a wheel is read.

        Raises:
            PluginError: its file is unusable.
            CacheError: the folder of compiled components is unsafe.
            BuildError: the Python runtime could not be built.
        """
        if source is None and spec.path.suffix == ".py":
            source = read_source(spec)
        wasm = spec.path if source is None else self._python.component()
        with self._file_locks[wasm]:  # plugins that need the same component compile it once
            linked, compiled = self._link(spec, wasm, is_own=source is not None)
        drivers = tuple(self.prepare(each) for each in needed_drivers(spec, linked))
        libraries = None if source is None or is_replay else self._libraries(spec, source)
        key = libraries.key if libraries else ""
        prepared = Prepared(spec, linked, source, compiled, drivers, key, libraries=libraries)
        return prepared if source is None else replace(prepared, code=self._code(prepared, source))

    def start(self, prepared: Prepared, kit: Kit, log: PluginLog) -> Plugin:
        """Create an instance and load the plugin into it. Blocks while the plugin loads.

        Raises:
            PluginError: the plugin's code does not compile, crashed while it was loaded, or there is no room for it.
        """
        output = Output(log, kit.limit, has_words=prepared.source is None)
        instance = self._instance(prepared, kit, output)
        try:
            provides = load(prepared, instance, log)
            if instance.recorder is not None:
                instance.recorder.loaded()
            return _maker(prepared, kit, log, output)(instance, provides)
        except BaseException:
            instance.close()
            raise
        finally:
            self._cache.survived(prepared.compiled)

    def sleeper(self, prepared: Prepared, kit: Kit, log: PluginLog, monotonic_ns: int) -> Sleeper:
        """Make an instance that begins with a replay. Raises `NoRoomError`.

        Args:
            prepared: the plugin, in Python.
            kit: what it uses from the end of the replay on.
            log: takes its log lines then.
            monotonic_ns: its monotonic clock now.
        """
        ahead_ns = monotonic_ns - self._clock.monotonic_ns()
        output = Output(log, kit.limit)
        modules = self._modules(prepared, kit.limit)
        make = self._instances.means
        means = make(prepared, kit, output, start_driver=self.start, modules=modules, ahead_ns=ahead_ns)
        create = partial(self._playing, prepared, means)
        return Sleeper(means, create, _maker(prepared, kit, log, output, ahead_ns))

    def replaying(self, prepared: Prepared, functions: HostFunctions, limit: CallLimit, drop: Drop) -> Instance:
        """See `Instances.replaying`."""
        try:
            return self._instances.replaying(prepared, functions, limit, drop)
        finally:
            self._cache.survived(prepared.compiled)

    def limit(self, spec: PluginSpec) -> CallLimit:
        """Create the time limit for one instance's calls."""
        engine, seconds = self._engine, spec.limits.call_seconds
        pause = (engine.leave, engine.enter)
        return TimeLimit(self._clock, seconds, pause, stood_still=engine.standstill.total_ns)

    def close(self) -> None:
        """Stop background work. Close all plugins first."""
        self._workshop.stop()
        self.leave_files()
        self._engine.close()

    def leave_files(self) -> None:
        """Give up the compiled files, so that a process that ends now did not die while it loaded one."""
        self._cache.close()

    def _instance(self, prepared: Prepared, kit: Kit, output: Output) -> Instance:
        modules = self._modules(prepared, kit.limit)
        return self._instances.create(prepared, kit, output, start_driver=self.start, modules=modules)

    def _playing(
        self, prepared: Prepared, means: Means, functions: HostFunctions, limit: CallLimit, drop: Drop
    ) -> Instance:
        try:
            return self._instances.playing(prepared, means, functions, limit, drop)
        finally:
            self._cache.survived(prepared.compiled)

    def _code(self, prepared: Prepared, source: str) -> str:
        """The code of a plugin's source, compiled in another instance: a compiler leaves up to a megabyte behind."""
        if len(source) < SHORT_SOURCE:
            return ""
        compiled = self._compiler(prepared, self.limit(prepared.spec))
        return compiled(prepared.spec.path.name, source).decode("latin-1")

    def _modules(self, prepared: Prepared, limit: CallLimit) -> Modules:
        if prepared.libraries is None:
            return NO_MODULES
        from hostcore.runtime.library_modules import LibraryModules  # noqa: PLC0415 - few plugins have libraries

        return LibraryModules(prepared.libraries, self._compiler(prepared, WithinCall(limit)))

    def _compiler(self, prepared: Prepared, limit: CallLimit) -> Callable[[str, str], bytes]:
        """Return what compiles a source with this path; b"" if it does not compile. The code is kept in a folder."""
        kept = BytecodeCache(self._cache.folder / BYTECODE, prepared.compiled.source.sha256)
        alone = replace(prepared, libraries=None)

        def compiled(path: str, source: str) -> bytes:
            kit = Kit(Access(prepared.spec.name, ()), None, limit, lambda _event: None)
            silent = PluginLog(lambda _level, _line: None, self._clock)
            instance = self._instance(alone, kit, Output(silent, kit.limit))
            try:
                return str(instance.call("python-runtime#compile", path, source)).encode("latin-1")
            finally:
                instance.close()

        return lambda path, source: kept.bytecode(path, source, compiled)

    def _libraries(self, spec: PluginSpec, source: str) -> Libraries | None:
        if METADATA not in source:
            return None
        from hostcore.libraries.libraries import libraries_for  # noqa: PLC0415 - few plugins have libraries
        from hostcore.libraries.store import WheelStore  # noqa: PLC0415

        return libraries_for(spec.name, spec.path, source, WheelStore(self.wheels))

    def _link(self, spec: PluginSpec, wasm: Path, *, is_own: bool) -> tuple[LinkedComponent, Compiled]:
        def approve(sha256: str) -> None:
            if not is_own:
                require_pinned(spec, sha256)

        ahead = self._python.ahead if is_own else ahead_of(spec)
        compiled = self._cache.find(spec.name, wasm, is_own=is_own, approve=approve, ahead=ahead)
        linked = self._linked.get(compiled.file)
        if linked is None:
            component = self._cache.load(compiled)
            try:
                linked = link(spec.name, component, self._engine, offered_interfaces(), is_own=is_own)
            except PluginError:
                self._cache.survived(compiled)
                raise
            self._linked[compiled.file] = linked
        return linked, compiled


def _maker(
    prepared: Prepared, kit: Kit, log: PluginLog, output: Output, ahead_ns: int = 0
) -> Callable[[Instance, frozenset[str]], Plugin]:
    """Return what makes the plugin of an instance and its kinds."""
    return lambda instance, provides: Plugin(
        prepared.spec,
        instance,
        log,
        provides,
        polls(prepared.linked),
        simulated=kit.simulated,
        faulty=kit.faulty,
        values=kit.values,
        output=output,
        ahead_ns=ahead_ns,
    )
