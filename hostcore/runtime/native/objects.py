"""The objects of wasmtime that run components: engine, store, component and linker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_bool, c_char_p, c_size_t, c_uint64, c_void_p

from hostcore.runtime.native.library import Address, Bytes, Owned, function, quick_function, require

_config_new = quick_function("wasm_config_new", c_void_p)
_set_target = quick_function("wasmtime_config_target_set", c_void_p, c_void_p, c_char_p)
_engine_new = function("wasm_engine_new_with_config", c_void_p, c_void_p)
_increment_epoch = quick_function("wasmtime_engine_increment_epoch", None, c_void_p)
_store_new = function("wasmtime_store_new", c_void_p, c_void_p, c_void_p, c_void_p)
_store_context = quick_function("wasmtime_store_context", c_void_p, c_void_p)
_set_epoch_deadline = quick_function("wasmtime_context_set_epoch_deadline", None, c_void_p, c_uint64)
_component_new = function("wasmtime_component_new", c_void_p, c_void_p, c_char_p, c_size_t, c_void_p)
_deserialize_file = function("wasmtime_component_deserialize_file", c_void_p, c_void_p, c_char_p, c_void_p)
_serialize = function("wasmtime_component_serialize", c_void_p, c_void_p, c_void_p)
_export_index = quick_function("wasmtime_component_get_export_index", c_void_p, c_void_p, c_void_p, c_char_p, c_size_t)
_linker_new = function("wasmtime_component_linker_new", c_void_p, c_void_p)
_linker_root = quick_function("wasmtime_component_linker_root", c_void_p, c_void_p)
_add_instance = quick_function(
    "wasmtime_component_linker_instance_add_instance", c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
_delete_linker_instance = quick_function("wasmtime_component_linker_instance_delete", None, c_void_p)


class Config(Owned):
    """Settings of an engine, which takes them over."""

    delete = function("wasm_config_delete", None, c_void_p)

    def __init__(self) -> None:
        super().__init__(_config_new())

    def set(self, setting: str, value: bool | int) -> None:
        """Set ``wasmtime_config_SETTING_set`` of the C API: a switch, or a number of bytes."""
        kind = c_bool if isinstance(value, bool) else c_size_t
        quick_function(f"wasmtime_config_{setting}_set", None, c_void_p, kind)(self.ptr(), value)

    def compile_for(self, target: str) -> None:
        """Compile for the least capable processor of a target, such as aarch64-unknown-linux-gnu.

        Raises:
            WasmtimeError: this build of wasmtime does not compile for it.
        """
        require(_set_target(self.ptr(), target.encode()))

    def taken(self) -> Address:
        """Return its address, and leave it to the C library."""
        address, self._address = self.ptr(), 0
        return address


class Engine(Owned):
    """Compiles and runs components with the same settings."""

    delete = function("wasm_engine_delete", None, c_void_p)

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(_engine_new((config or Config()).taken()))

    def increment_epoch(self) -> None:
        """Let running guests notice that time passes."""
        _increment_epoch(self.ptr())


class Store(Owned):
    """What an instance owns."""

    delete = function("wasmtime_store_delete", None, c_void_p)

    def __init__(self, engine: Engine) -> None:
        super().__init__(_store_new(engine.ptr(), None, None))
        self._engine = engine  # it lives as long as its stores
        self._context: Address = _store_context(self._address)

    def context(self) -> Address:
        """Return the address of its context. Raises ValueError after `close`."""
        self.ptr()
        return self._context

    def set_epoch_deadline(self, ticks: int) -> None:
        """Interrupt the guest after this number of ticks of the epoch."""
        _set_epoch_deadline(self.context(), ticks)


class ExportIndex(Owned):
    """Where a component keeps one of its exports."""

    delete = quick_function("wasmtime_component_export_index_delete", None, c_void_p)


class Component(Owned):
    """A compiled component.

    Args:
        engine: compiles it. Blocks for seconds.
        content: the component as WebAssembly.

    Raises:
        WasmtimeError: the content is not a valid component.
    """

    delete = function("wasmtime_component_delete", None, c_void_p)

    def __init__(self, engine: Engine, content: bytes | bytearray) -> None:
        super().__init__(0)
        made = c_void_p()
        require(_component_new(engine.ptr(), bytes(content), len(content), byref(made)))
        super().__init__(made.value or 0)

    @classmethod
    def deserialize_file(cls, engine: Engine, path: str) -> Component:
        """Map a compiled component. It is native code, so the file must be trusted.

        Raises:
            WasmtimeError: another version or other settings compiled it, or there is no memory for it.
        """
        made = c_void_p()
        require(_deserialize_file(engine.ptr(), path.encode(), byref(made)))
        component = cls.__new__(cls)
        Owned.__init__(component, made.value or 0)
        return component

    def serialize(self) -> bytes:
        """Return its compiled form. Raises `WasmtimeError`."""
        content = Bytes()
        require(_serialize(self.ptr(), byref(content)))
        return content.taken()

    def export_index(self, name: str, within: ExportIndex | None = None) -> ExportIndex | None:
        """Find an export, of the component itself or of an instance that it exports. None if there is none."""
        encoded = name.encode()
        found = _export_index(self.ptr(), within.ptr() if within else None, encoded, len(encoded))
        return ExportIndex(found) if found else None


class Linker(Owned):
    """Defines what components import."""

    delete = function("wasmtime_component_linker_delete", None, c_void_p)

    def __init__(self, engine: Engine) -> None:
        super().__init__(_linker_new(engine.ptr()))
        self._engine = engine

    @contextmanager
    def instances(self) -> Iterator[LinkerRoot]:
        """Make a context in which interfaces can be defined, and the linker cannot be used for anything else."""
        root = LinkerRoot(_linker_root(self.ptr()))
        try:
            yield root
        finally:
            root.close()


class LinkerRoot(Owned):
    """Takes the interfaces that a linker defines."""

    delete = _delete_linker_instance

    @contextmanager
    def instance(self, name: str) -> Iterator[Address]:
        """Make a context in which the functions and resources of one interface can be defined.

        Yields:
            The address of a wasmtime_component_linker_instance_t.
        """
        made, encoded = c_void_p(), name.encode()
        require(_add_instance(self.ptr(), encoded, len(encoded), byref(made)))
        try:
            yield made.value or 0
        finally:
            _delete_linker_instance(made)
