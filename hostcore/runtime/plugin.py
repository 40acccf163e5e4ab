"""Plugins of both forms, ready to call: a .py in the shared Python runtime, or a component of its own."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostcore import shipped
from hostcore.access import Access
from hostcore.clock import Clock
from hostcore.errors import HostError, PluginError, PluginFileError, PluginReportedError
from hostcore.events import Level, Reading
from hostcore.hardware import Hardware
from hostcore.hostcall import HostFunctions
from hostcore.permissions import Permission
from hostcore.plugin_hardware import PluginHardware
from hostcore.plugin_log import PluginLog
from hostcore.progress import Workshop
from hostcore.runtime.call_limit import CallLimit
from hostcore.runtime.compiled_cache import CompiledCache
from hostcore.runtime.contract import contract_functions, offered_interfaces
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.instance import Instance
from hostcore.runtime.linker import LinkedComponent, link
from hostcore.wasi.grant import Grant, grant_wasi
from hostcore.wasi.stdio import STDERR

INTERFACES = {"driver#read": "driver", "display#update": "display", "page#render": "page"}
"""The contract's exports, and the interface each belongs to."""
MAX_SOURCE = 1 << 20
"""The longest .py, in bytes."""


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """All that is needed to run one plugin."""

    name: str
    path: Path
    """Its .py or .wasm."""
    permissions: tuple[Permission, ...] = ()
    memory_mib: int = 64
    call_seconds: float = 5.0
    settings: str = "{}"
    """The text of a JSON object, handed to the plugin as it is."""


class Plugin:
    """A loaded plugin. Create, call and close it on one thread; only `stop` is for others."""

    def __init__(self, instance: Instance, log: PluginLog, provides: frozenset[str]) -> None:
        self._instance, self._log = instance, log
        self.name = instance.plugin
        self.provides = provides
        """Which of ``driver``, ``display`` and ``page`` it is."""

    def read(self) -> Reading:
        """One reading.

        Raises:
            PluginReportedError: the driver reports an error, or what it returned is not a JSON object.
            PluginCrashedError: it died; close it.
        """
        return self._parsed(self._call("driver#read"))

    def update(self, readings: str) -> None:
        """Show `readings`, the text of a JSON object. Raises like `read`."""
        self._call("display#update", readings)

    def render(self, readings: str) -> str:
        """The page for `readings`. Raises like `read`."""
        return str(self._call("page#render", readings))

    def stop(self) -> None:
        """End the call under way, from any thread; the plugin is dead then."""
        self._instance.limit.stop()

    def close(self) -> None:
        """Free all it holds."""
        self._instance.close()

    def _call(self, function: str, *arguments: Any) -> Any:
        try:
            return self._instance.call(function, *arguments)
        finally:
            self._log.flush()

    def _parsed(self, text: str) -> Reading:
        try:
            reading = json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            raise PluginReportedError(self.name, f"the reading is not JSON: {error}: {text[:80]}") from None
        except RecursionError:
            raise PluginReportedError(self.name, "the reading is nested too deeply") from None
        if not isinstance(reading, dict):
            raise PluginReportedError(self.name, f"the reading is not a JSON object: {text[:80]}")
        return reading


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259 section 6)")


class Runtime:
    """Loads plugins. What they share lives here: the engine, compiled components, and the links to them.

    Args:
        cache_folder: where compiled components are kept.
        clock: the plugins' time.
        hardware: the buses.
        workshop: builds and compiles.
        warn: takes one line for a person about a compiled file that had to be made again.

    Raises:
        CacheError: the folder of compiled components is unsafe.
    """

    def __init__(
        self,
        cache_folder: Path,
        clock: Clock,
        hardware: Hardware,
        workshop: Workshop,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._clock, self._hardware, self._workshop = clock, hardware, workshop
        self._engine = GuestEngine()
        try:
            self._cache = CompiledCache(cache_folder, self._engine, workshop, warn)
        except HostError:
            self._engine.close()
            raise
        self._linked: dict[Path, tuple[int, LinkedComponent]] = {}
        self._lock = threading.Lock()

    def load(self, spec: PluginSpec, log: Callable[[Level, str], None], limit: CallLimit) -> Plugin:
        """A new instance of the plugin, loaded and ready. Blocks while anything has to be built or compiled.

        Raises:
            PluginError: its file is unusable, or it crashed while it loaded.
            CacheError: the folder of compiled components is unsafe.
            BuildError: the Python runtime could not be built.
        """
        source = _source(spec) if spec.path.suffix == ".py" else None
        linked = self._link(spec.name, self._python_runtime() if source is not None else spec.path)
        plugin_log = PluginLog(log)
        instance = self._instance(spec, linked, plugin_log, limit)
        try:
            if source is None:
                provides = frozenset(INTERFACES[each] for each in instance.exported if each in INTERFACES)
            else:
                provides = frozenset(instance.call("python-runtime#load", spec.path.name, source))
        except PluginReportedError as error:
            instance.close()
            raise PluginFileError(spec.name, error.problem) from None
        except PluginError:
            instance.close()
            raise
        finally:
            plugin_log.flush()
        return Plugin(instance, plugin_log, provides)

    def limit(self, spec: PluginSpec) -> CallLimit:
        """The bound of the plugin's calls; one for its whole life."""
        return CallLimit(self._clock, spec.call_seconds, (self._engine.leave, self._engine.enter))

    def close(self) -> None:
        """Stop what runs in the background. Plugins must be closed before."""
        self._workshop.stop()
        self._engine.close()

    def _instance(self, spec: PluginSpec, linked: LinkedComponent, log: PluginLog, limit: CallLimit) -> Instance:
        access = Access(spec.name, spec.permissions)
        hardware = PluginHardware(self._hardware, spec.name, access, limit)
        wasi = self._wasi(log, limit)
        functions: HostFunctions = {**wasi.functions, **contract_functions(hardware, log.write, spec.settings)}
        return Instance(
            spec.name,
            linked,
            self._engine,
            functions=functions,
            drop=wasi.drop,
            limit=limit,
            memory_mib=spec.memory_mib,
        )

    def _wasi(self, log: PluginLog, limit: CallLimit) -> Grant:
        def write(stream: int, data: bytes) -> None:
            log.output(Level.WARNING if stream == STDERR else Level.INFO, data)

        return grant_wasi(self._clock, limit.wait_until, write)

    def _link(self, name: str, wasm: Path) -> LinkedComponent:
        with self._lock:  # two plugins that need the same component compile it once
            found = wasm.stat().st_mtime_ns if wasm.is_file() else 0
            known = self._linked.get(wasm)
            if known is None or known[0] != found:
                component = self._cache.load(name, wasm)
                known = (found, link(name, component, self._engine, offered_interfaces()))
                self._linked[wasm] = known
            return known[1]

    def _python_runtime(self) -> Path:
        built = shipped.python_runtime()
        if built is not None:
            return built
        built = self._cache.folder / f"python-runtime-{shipped.sources_key():x}.wasm"
        with self._lock:
            if not built.is_file():
                from hostcore.runtime.component_builder import build_python_runtime  # noqa: PLC0415 - seldom needed

                fresh = built.with_suffix(f".{os.getpid()}")
                build_python_runtime(fresh, self._workshop)
                if built.is_file():  # another process was faster, and plugins run from its file already
                    fresh.unlink()
                else:
                    fresh.replace(built)
        return built


def _source(spec: PluginSpec) -> str:
    try:
        content = spec.path.read_bytes()
    except OSError as error:
        raise PluginFileError(spec.name, f"{spec.path}: {error.strerror}") from None
    if len(content) > MAX_SOURCE:
        raise PluginFileError(spec.name, f"{spec.path} has {len(content)} bytes; a plugin has up to {MAX_SOURCE}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PluginFileError(spec.name, f"{spec.path} is not UTF-8 text (byte {error.start})") from None
