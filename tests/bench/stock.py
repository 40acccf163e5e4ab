"""The baseline for crossings and instances: the same Python runtime component with wasmtime-py's own API.

It uses `Linker`, `add_wasip2`, `add_func` and `Func` as in wasmtime-py's documentation, and the same engine and
compiled code.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from wasmtime import Engine, Store, WasiConfig
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Func, Instance, Linker
from wasmtime.component import _types as wit

from hostcore.runtime.plugin import PluginSpec
from tests.sandbox import Sandbox

CONTRACT = "wasi-host:plugin/"
FOREVER = 1 << 40
"""Ticks of the epoch. This baseline has no deadline."""

HostFunctions = Mapping[str, Callable[..., Any]]
"""Host functions by interface and function: ``i2c#transfer``. Each takes the store's context as first argument."""


class _SharedEngine(Engine):
    """The engine of a host, which also frees it."""

    def __init__(self, address: int) -> None:
        self._set_ptr(ctypes.cast(address, ctypes.POINTER(ffi.wasm_engine_t)))

    def _delete(self, ptr: object) -> None:
        pass


class _SharedComponent(Component):
    """A component of a host, which also frees it."""

    def __init__(self, address: int) -> None:
        self._set_ptr(ctypes.cast(address, ctypes.POINTER(ffi.wasmtime_component_t)))

    def _delete(self, ptr: object) -> None:
        pass


class StockPlugin:
    """A .py plugin in the Python runtime component, with wasmtime-py's own API.

    Args:
        sandbox: provides the engine and the compiled component.
        path: the plugin's source.
        functions: the host functions that the plugin can call.
    """

    def __init__(self, sandbox: Sandbox, path: Path, functions: HostFunctions) -> None:
        self._own = sandbox.runtime.prepare(PluginSpec(path.stem, path)).linked  # it lives as long as this
        engine = _SharedEngine(sandbox.runtime._engine.engine.ptr())
        component = _SharedComponent(self._own.component.ptr())
        self._store = Store(engine)
        self._store.set_wasi(WasiConfig())
        self._store.set_epoch_deadline(FOREVER)
        self._instance = _linker(engine, component, functions).instantiate(self._store, component)
        self._read = self._exported("driver", "read")
        self._exported("python-runtime", "load")(self._store, path.name, path.read_text(encoding="utf-8"))

    def read(self) -> object:
        """Take one reading."""
        return self._read(self._store)

    def _exported(self, interface: str, name: str) -> Func:
        return exported(self._instance, self._store, interface, name)


def exported(instance: Instance, store: Store, interface: str, name: str) -> Func:
    """A function that the instance exports."""
    outer = instance.get_export_index(store, f"{CONTRACT}{interface}@0.1.0")
    index = instance.get_export_index(store, name, outer)
    assert index is not None
    function = instance.get_func(store, index)
    assert function is not None
    return function


def _linker(engine: Engine, component: Component, functions: HostFunctions) -> Linker:
    linker = Linker(engine)
    linker.add_wasip2()
    with linker.root() as root:
        for interface, extern in component.type.imports(engine).items():
            if not interface.startswith(CONTRACT):
                continue
            short = interface.removeprefix(CONTRACT).partition("@")[0]
            assert isinstance(extern.ty, wit.ComponentInstanceType)
            with root.add_instance(interface) as instance:
                for member, inner in extern.ty.exports(engine).items():
                    if isinstance(inner.ty, wit.FuncType):
                        instance.add_func(member, functions.get(f"{short}#{member}", _unexpected))
    return linker


def _unexpected(*arguments: object) -> NoReturn:
    raise NotImplementedError(f"the plugin called a function that the baseline lacks, with {arguments[1:]}")
