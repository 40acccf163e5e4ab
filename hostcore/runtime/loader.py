"""Loads plugins: what they share, and the steps from a file to an instance."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hostcore import shipped
from hostcore.actuators import Actuators
from hostcore.buses.call_limit import CallLimit, TimeLimit, WithinCall
from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.compat.demo.contract import EXPORTS
from hostcore.compat.demo.imports import DemoKit, demo_functions
from hostcore.compat.demo.sensors import Sensors
from hostcore.errors import HostError, PluginCrashedError, PluginError, PluginFileError, PluginReportedError
from hostcore.events import Level
from hostcore.files import read_bounded
from hostcore.hostcall import HostFunctions
from hostcore.log.plugin_log import PluginLog
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from hostcore.runtime.compiled_cache import CompiledCache
from hostcore.runtime.contract import TellStack, contract_functions, not_traced, offered_interfaces
from hostcore.runtime.demo_plugins import needed_drivers, polls, without_lines
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.guest_memory import GuestMemories
from hostcore.runtime.instance import Instance
from hostcore.runtime.last_words import LastWords
from hostcore.runtime.linker import LinkedComponent, link
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.tracing import Observer, TracedPlace, is_worth_a_repeat
from hostcore.wasi.functions import InstanceWasi, wasi_functions
from hostcore.wasi.stdio import STDERR
from hostcore.workshop import Workshop

INTERFACES = {"driver#read": "driver", "display#update": "display", "page#render": "page", **EXPORTS}
"""The contracts' exports, and what each makes of a plugin."""
MAX_SOURCE = 1 << 20
"""The longest .py, in bytes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plugin's file, read, checked and compiled: instances start in milliseconds, whatever becomes of the file."""

    spec: PluginSpec
    linked: LinkedComponent
    source: str | None
    """The Python; None for a component of its own."""
    component_sha256: str
    """Of the component's file; of the shared runtime's for a .py."""
    drivers: tuple[Prepared, ...] = ()
    """This host's own drivers that it has read sensors."""

    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 of the plugin's file."""
        return (self.component_sha256 if self.source is None else _sha256(self.source.encode()))[:12]


class Runtime:
    """What plugins share: the engine, compiled components, and the links to them.

    Args:
        cache_folder: where compiled components are kept.
        clock: the plugins' time.
        buses: all of them.
        workshop: builds and compiles.
        warn: takes one line for a person about a compiled file that had to be made again.
        actuators: what moves, shines or sounds.

    Raises:
        CacheError: the folder of compiled components is unsafe.
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
    ) -> None:
        self._clock, self._buses, self._actuators, self._workshop = clock, buses, actuators, workshop
        self._engine = GuestEngine()
        self._memories = GuestMemories()
        try:
            self._cache = CompiledCache(cache_folder, self._engine, workshop, warn)
        except HostError:
            self._engine.close()
            raise
        self._linked: dict[str, LinkedComponent] = {}
        self._python_lock = threading.Lock()
        self._file_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)

    def prepare(self, spec: PluginSpec) -> Prepared:
        """Read, check and compile the plugin's file. Takes seconds the first time, then milliseconds.

        Raises:
            PluginError: its file is unusable.
            CacheError: the folder of compiled components is unsafe.
            BuildError: the Python runtime could not be built.
        """
        source = _source(spec) if spec.path.suffix == ".py" else None
        wasm = spec.path if source is None else self._python_runtime()
        with self._file_locks[wasm]:  # plugins that need the same component compile it once
            linked, sha256 = self._link(spec.name, wasm, is_own=source is not None)
        if source is None:
            _require_pinned(spec, sha256)
        drivers = tuple(self.prepare(each) for each in needed_drivers(spec, linked))
        return Prepared(spec, linked, source, sha256, drivers)

    def start(self, prepared: Prepared, kit: Kit, log: PluginLog) -> Plugin:
        """A new instance, loaded and ready.

        Raises:
            PluginError: its code does not compile, or it crashed while it loaded.
        """
        spec = prepared.spec
        instance = self._instance(prepared, kit, log)
        try:
            if prepared.source is None:
                provides = frozenset(INTERFACES[each] for each in instance.exported if each in INTERFACES)
            else:
                provides = frozenset(instance.call("python-runtime#load", spec.path.name, prepared.source))
        except PluginReportedError as error:
            instance.close()
            raise PluginFileError(spec.name, error.problem) from None
        except PluginError:
            instance.close()
            raise
        finally:
            log.flush()
        if not provides:
            instance.close()
            raise PluginFileError(
                spec.name, "exports none of driver.read, display.update, page.render (wit/plugin.wit)"
            )
        return Plugin(spec, instance, log, provides, polls(prepared.linked))

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
        """Repeat a call that died without a traceback, in a traced instance of its own, to learn where that was.

        Blocks for the time that one call may take, or that each of a few may that ended well before; `kit.limit.stop`
        ends it at once. What the call did on the buses it does again.

        Args:
            prepared: the plugin.
            kit: the traced instance's own.
            log: likewise.
            crash: how the call died.
            call: ``load``, ``read``, ``update`` or ``render``.
            argument: the readings that `update` or `render` got.
            times: how many calls its instance had had by then.

        Returns:
            What the repeat showed; None, at once, for a crash that tells its place itself or is nobody's doing, or a
            component that is not the shared Python runtime, and None when told to stop.
        """
        file = prepared.spec.path.name
        if prepared.source is None or not is_worth_a_repeat(crash, file):
            return None
        observer = Observer(file, prepared.source, prepared.spec.limits.call_seconds)
        try:
            instance = self._instance(prepared, kit, log, observer.stack)
        except PluginCrashedError:  # told to stop, or too little memory by now
            return None
        try:
            return observer.watch(instance, crash, call, argument, times)
        finally:
            instance.close()
            log.flush()

    def limit(self, spec: PluginSpec) -> CallLimit:
        """A bound for the calls of one instance."""
        return TimeLimit(self._clock, spec.limits.call_seconds, (self._engine.leave, self._engine.enter))

    def close(self) -> None:
        """Stop what runs in the background. Plugins must be closed before."""
        self._workshop.stop()
        self._engine.close()

    def _instance(self, prepared: Prepared, kit: Kit, log: PluginLog, stack: TellStack = not_traced) -> Instance:
        spec = prepared.spec
        gate = Gate(self._buses, spec.name, kit)
        buses, actuators = PluginBuses(gate), PluginActuators(gate, self._actuators)
        words = LastWords()
        wasi = self._wasi(kit.limit, log, words if prepared.source is None else None)
        contract = contract_functions(gate, buses, actuators, log.write, spec.settings, stack=stack)
        sensors = self._sensors(prepared, kit, log)
        functions: HostFunctions = {
            **wasi.functions,
            **contract,
            **demo_functions(DemoKit(buses, actuators, sensors, self._clock, log.write)),
        }
        return Instance(
            spec.name,
            prepared.linked,
            self._engine,
            functions=functions,
            drop=wasi.drop,
            limit=kit.limit,
            memory_mib=spec.limits.memory_mib,
            memories=self._memories,
            closing=sensors.close,
            words=words,
        )

    def _sensors(self, prepared: Prepared, kit: Kit, log: PluginLog) -> Sensors:
        within = replace(kit, limit=WithinCall(kit.limit), publish=without_lines(kit.publish))

        def start(driver: str, settings: str) -> Plugin:
            known = next(each for each in prepared.drivers if each.spec.path.stem == driver)
            return self.start(replace(known, spec=replace(known.spec, settings=settings)), within, log)

        return Sensors(start, kit.limit.check)

    def _wasi(self, limit: CallLimit, log: PluginLog, words: LastWords | None) -> InstanceWasi:
        """Its WASI; `words` is for those whose death only standard error explains."""

        def write(stream: int, data: bytes) -> None:
            log.output(Level.WARNING if stream == STDERR else Level.INFO, data)
            if words is not None and stream == STDERR:
                words.take(data)

        return wasi_functions(self._clock, limit.wait_until, write)

    def _link(self, name: str, wasm: Path, *, is_own: bool) -> tuple[LinkedComponent, str]:
        compiled = self._cache.find(name, wasm, is_own=is_own)
        linked = self._linked.get(compiled.sha256)
        if linked is None:
            linked = link(name, self._cache.load(compiled), self._engine, offered_interfaces())
            self._linked[compiled.sha256] = linked
        return linked, compiled.sha256

    def _python_runtime(self) -> Path:
        built = shipped.python_runtime()
        if built is not None:
            return built
        built = self._cache.folder / f"python-runtime-{shipped.sources_key():x}.wasm"
        with self._python_lock:
            if not built.is_file():
                self._build_python_runtime(built)
        return built

    def _build_python_runtime(self, built: Path) -> None:
        from hostcore.runtime.component_builder import build_python_runtime  # noqa: PLC0415 - seldom needed

        fresh = built.with_suffix(f".{os.getpid()}")
        build_python_runtime(fresh, self._workshop)
        if built.is_file():  # another process was faster, and plugins run from its file already
            fresh.unlink()
        else:
            fresh.replace(built)


def _source(spec: PluginSpec) -> str:
    try:
        content = read_bounded(spec.path, MAX_SOURCE)
    except OSError as error:
        raise PluginFileError(spec.name, f"{spec.path}: {error.strerror}") from None
    if spec.sha256 is not None:
        _require_pinned(spec, _sha256(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PluginFileError(spec.name, f"{spec.path} is not UTF-8 text (byte {error.start})") from None


def _sha256(content: bytes) -> str:
    from hashlib import sha256  # noqa: PLC0415 - an ordinary start hashes nothing and should not wait for it

    return sha256(content).hexdigest()


def _require_pinned(spec: PluginSpec, found: str) -> None:
    if spec.sha256 is not None and found != spec.sha256.lower():
        raise PluginFileError(
            spec.name,
            f"{spec.path} has the SHA-256 {found}, but host.toml pins {spec.sha256}; "
            f"put the new one into sha256 of [plugins.{spec.name}] if you trust the file",
        )
