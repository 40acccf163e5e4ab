"""Loads plugins: the objects that all plugins share, and the steps from a file to an instance."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakValueDictionary

from hostcore.actuators import Actuators
from hostcore.buses.call_limit import CallLimit, TimeLimit, WithinCall
from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.compat.demo.contract import EXPORTS
from hostcore.compat.demo.imports import DemoKit, demo_functions
from hostcore.compat.demo.sensors import Sensors
from hostcore.config.model import CompilingSettings
from hostcore.errors import (
    HostError,
    NoRoomError,
    PluginCrashedError,
    PluginError,
    PluginFileError,
    PluginReportedError,
)
from hostcore.hostcall import HostFunctions
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.runtime.compiled_cache import Compiled, CompiledCache
from hostcore.runtime.contract import TellStack, contract_functions, not_traced, offered_interfaces
from hostcore.runtime.demo_plugins import needed_drivers, polls, without_lines
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.heap import limit_heap
from hostcore.runtime.instance import Instance
from hostcore.runtime.lift_limit import can_limit_lifts, lift_limit
from hostcore.runtime.linker import LinkedComponent, link
from hostcore.runtime.output import Output
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.plugin_file import read_source, require_pinned, sha256_of
from hostcore.runtime.python_runtime import PythonRuntime
from hostcore.runtime.room import MemoryTotal, require_address_space
from hostcore.runtime.tracing import Observer, TracedPlace, is_worth_a_repeat
from hostcore.wasi.functions import wasi_functions
from hostcore.workshop import Workshop

INTERFACES = {"driver#read": "driver", "display#update": "display", "page#render": "page", **EXPORTS}
"""Exported functions of the contracts, and the kind of plugin that has each."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plugin's file, read, checked and compiled. Instances start in milliseconds, even if the file changes later."""

    spec: PluginSpec
    linked: LinkedComponent
    source: str | None
    """Source of a .py; None for a component."""
    compiled: Compiled
    """The plugin's compiled component; for a .py, the shared runtime's."""
    drivers: tuple[Prepared, ...] = ()
    """The host's own drivers that read sensors for the plugin."""

    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 of the plugin's file."""
        return (self.compiled.source.sha256 if self.source is None else sha256_of(self.source.encode()))[:12]


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
    ) -> None:
        require_address_space()
        self._total = MemoryTotal(total_memory_mib)
        self._clock, self._buses, self._actuators, self._workshop = clock, buses, actuators, workshop
        limit_heap()
        if not can_limit_lifts():
            warn("this build of wasmtime cannot bound a call's data: one call can take 300 MB of the host's memory")
        self._engine = GuestEngine()
        self._memories = GuestMemories()
        try:
            self._cache = CompiledCache(cache_folder, self._engine, workshop, warn, settings=compiling)
        except HostError:
            self._engine.close()
            raise
        self._linked = WeakValueDictionary[Path, LinkedComponent]()
        self._python = PythonRuntime(self._cache.folder, workshop)
        self._file_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)

    def prepare(self, spec: PluginSpec) -> Prepared:
        """Read, check and compile the plugin's file. Blocks for seconds the first time, then for milliseconds.

        Raises:
            PluginError: its file is unusable.
            CacheError: the folder of compiled components is unsafe.
            BuildError: the Python runtime could not be built.
        """
        source = read_source(spec) if spec.path.suffix == ".py" else None
        wasm = spec.path if source is None else self._python.component()
        with self._file_locks[wasm]:  # plugins that need the same component compile it once
            linked, compiled = self._link(spec, wasm, is_own=source is not None)
        drivers = tuple(self.prepare(each) for each in needed_drivers(spec, linked))
        return Prepared(spec, linked, source, compiled, drivers)

    def start(self, prepared: Prepared, kit: Kit, log: PluginLog) -> Plugin:
        """Create an instance and load the plugin into it. Blocks while the plugin loads.

        Raises:
            PluginError: the plugin's code does not compile, crashed while it was loaded, or there is no room for it.
        """
        output = Output(log, kit.limit, has_words=prepared.source is None)
        instance = self._instance(prepared, kit, output)
        try:
            provides = _load(prepared, instance, log)
            polled, used = polls(prepared.linked), kit.simulated
            return Plugin(prepared.spec, instance, log, provides, polled, simulated=used, output=output)
        except BaseException:
            instance.close()
            raise
        finally:
            self._cache.survived(prepared.compiled)

    def trace(
        self,
        prepared: Prepared,
        kit: Kit,
        log: PluginLog,
        crash: PluginCrashedError,
        *,
        call: str,
        argument: str = "",
        times: int = 1,
    ) -> TracedPlace | None:
        """Repeat a call that crashed without a traceback, in a separate traced instance, to find the crash's place.

        Blocks for about one call's time limit, or longer if earlier calls must be repeated too. `kit.limit.stop`
        ends the repeat at once. The repeated calls access the buses again.

        Args:
            prepared: the plugin.
            kit: a kit for the traced instance alone.
            log: a log for the traced instance alone.
            crash: the crash.
            call: ``load``, ``read``, ``update`` or ``render``.
            argument: readings that `update` or `render` received.
            times: number of calls to the instance when it crashed.

        Returns:
            The result of the repeat. None, at once, if the crash already names its place, the plugin did not cause it,
            or the plugin is not a .py. None if the repeat was stopped.
        """
        file = prepared.spec.path.name
        if prepared.source is None or not is_worth_a_repeat(crash, file):
            return None
        observer = Observer(file, prepared.source, prepared.spec.limits.call_seconds)
        try:
            instance = self._instance(prepared, kit, Output(log, kit.limit), observer.stack)
        except (PluginCrashedError, NoRoomError):  # stopped, or out of memory by now
            return None
        try:
            return observer.watch(instance, crash, call, argument, times)
        finally:
            instance.close()
            log.flush()

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

    def _instance(self, prepared: Prepared, kit: Kit, output: Output, stack: TellStack = not_traced) -> Instance:
        spec = prepared.spec
        gate = Gate(self._buses, spec.name, kit)
        buses, actuators = PluginBuses(gate), PluginActuators(gate, self._actuators)
        wasi = wasi_functions(self._clock, kit.limit.sleep_until, output.write)
        contract = contract_functions(gate, buses, actuators, output.log, spec.settings, stack=stack)
        sensors = self._sensors(prepared, kit, output.plugin_log)
        functions: HostFunctions = {
            **wasi.functions,
            **contract,
            **demo_functions(DemoKit(buses, actuators, sensors, self._clock, output.log)),
        }
        share = self._total.take(spec.name, spec.limits.memory_mib)

        def close() -> None:
            sensors.close()
            share.close()

        return Instance(
            spec.name,
            prepared.linked,
            self._engine,
            functions=functions,
            drop=wasi.drop,
            limit=kit.limit,
            memory_mib=spec.limits.memory_mib,
            memories=self._memories,
            lift_bytes=lift_limit(spec.limits.reading_bytes),
            closing=close,
            words=output.words,
        )

    def _sensors(self, prepared: Prepared, kit: Kit, log: PluginLog) -> Sensors:
        within = replace(kit, limit=WithinCall(kit.limit), publish=without_lines(kit.publish))

        def start(driver: str, settings: str) -> Plugin:
            known = next(each for each in prepared.drivers if each.spec.path.stem == driver)
            return self.start(replace(known, spec=replace(known.spec, settings=settings)), within, log)

        return Sensors(start, kit.limit.check)

    def _link(self, spec: PluginSpec, wasm: Path, *, is_own: bool) -> tuple[LinkedComponent, Compiled]:
        def approve(sha256: str) -> None:
            if not is_own:
                require_pinned(spec, sha256)

        compiled = self._cache.find(spec.name, wasm, is_own=is_own, approve=approve)
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


def _load(prepared: Prepared, instance: Instance, log: PluginLog) -> frozenset[str]:
    """Load the plugin into its instance, and return its kinds."""
    spec = prepared.spec
    try:
        if prepared.source is None:
            provides = frozenset(INTERFACES[each] for each in instance.exported if each in INTERFACES)
        else:
            provides = frozenset(instance.call("python-runtime#load", spec.path.name, prepared.source))
    except PluginReportedError as error:
        raise PluginFileError(spec.name, error.problem) from None
    finally:
        log.flush()
    if not provides:
        raise PluginFileError(spec.name, "exports none of driver.read, display.update, page.render (wit/plugin.wit)")
    return provides
