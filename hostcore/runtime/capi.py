"""The part of wasmtime's C API that runs on every call, with our own prototypes.

wasmtime-py looks up function and value types on every call, and creates a ctypes object for every value. These
prototypes use plain addresses instead, which makes a host call 4 to 14 times faster. They depend on the value layout of
one wasmtime version, so pyproject.toml pins the version and `check_layout` checks the layout at import.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_bool,
    c_char_p,
    c_int64,
    c_size_t,
    c_ssize_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
    py_object,
)
from typing import Any

from wasmtime import Store, WasmtimeError
from wasmtime import _ffi as ffi
from wasmtime.component import Component, Linker, LinkerInstance

from hostcore.errors import HostError
from hostcore.runtime.crash import WasmTrap
from hostcore.runtime.engine import MOST_ELEMENTS, MOST_INSTANCES, MOST_TABLES

VALUE_SIZE = 32
"""sizeof(wasmtime_component_val_t): a kind byte at 0, the value at 8."""
FIELD_SIZE = 48
"""sizeof(wasmtime_component_valrecord_entry_t): a name (size, address) at 0, the value at 16."""

KIND_BOOL, KIND_S8, KIND_U8, KIND_S16, KIND_U16, KIND_S32, KIND_U32, KIND_S64, KIND_U64 = range(9)
KIND_F32, KIND_F64, KIND_CHAR, KIND_STRING, KIND_LIST, KIND_RECORD, KIND_TUPLE = range(9, 16)
KIND_VARIANT, KIND_ENUM, KIND_OPTION, KIND_RESULT, KIND_FLAGS, KIND_RESOURCE = range(16, 22)


def _layout_of(structure: Any, field: str) -> tuple[int, int]:
    return ctypes.sizeof(structure), getattr(structure, field).offset


def check_layout() -> None:
    """Compare wasmtime-py's description of values with the layout that this module relies on.

    Raises:
        HostError: the installed wasmtime is not the version in pyproject.toml.
    """
    expected = {
        "BOOL": KIND_BOOL,
        "U8": KIND_U8,
        "F64": KIND_F64,
        "STRING": KIND_STRING,
        "LIST": KIND_LIST,
        "RECORD": KIND_RECORD,
        "RESULT": KIND_RESULT,
        "FLAGS": KIND_FLAGS,
        "RESOURCE": KIND_RESOURCE,
    }
    kinds_agree = all(getattr(ffi, f"WASMTIME_COMPONENT_{name}").value == kind for name, kind in expected.items())
    sizes_agree = (
        _layout_of(ffi.wasmtime_component_val_t, "of") == (VALUE_SIZE, 8)
        and _layout_of(ffi.wasmtime_component_valrecord_entry, "val") == (FIELD_SIZE, 16)
        and _layout_of(ffi.wasmtime_component_valresult, "val") == (16, 8)
        and _layout_of(ffi.wasmtime_component_valvariant, "val") == (24, 16)
        and ctypes.sizeof(c_size_t) == 8
    )
    if not (kinds_agree and sizes_agree):
        raise HostError(
            "the installed wasmtime has another value layout than this host expects: "
            "install the version that the host's package requires (pip install wasmtime==50.0.1)"
        )


check_layout()


_holding = ctypes.PyDLL(ffi.dll._name, handle=ffi.dll._handle)


def _function(name: str, result: Any, *arguments: Any, library: Any = ffi.dll) -> Callable[..., Any]:
    function = library[name]  # indexing creates a new object, so wasmtime-py's own prototypes do not change
    function.restype = result
    function.argtypes = arguments
    return function  # type: ignore[no-any-return]


def _brief(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function that returns within a microsecond. It keeps Python's lock: to give it back and take it again takes
    longer than the function, and other threads would wait for their turn in between."""
    return _function(name, result, *arguments, library=_holding)


Address = int
"""A C pointer."""

HOST_FUNCTION = CFUNCTYPE(c_size_t, c_size_t, c_size_t, c_void_p, c_size_t, c_size_t, c_size_t, c_size_t)
"""wasmtime_component_func_callback_t: (data, context, type, arguments, count, results, count) -> error or 0."""
EPOCH_CALLBACK = CFUNCTYPE(c_size_t, c_size_t, c_size_t, POINTER(c_uint64), POINTER(c_uint8))
"""wasmtime_store_epoch_deadline_callback's function: (context, data, ticks, kind) -> error or 0."""
RESOURCE_DESTRUCTOR = CFUNCTYPE(c_size_t, c_size_t, c_size_t, c_uint32)
"""wasmtime_component_resource_destructor_t: (data, context, rep) -> error or 0."""

set_epoch_deadline = _brief("wasmtime_context_set_epoch_deadline", None, c_size_t, c_uint64)
call_function = _function(
    "wasmtime_component_func_call", c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t
)
new_error = _function("wasmtime_error_new", c_size_t, c_char_p)
new_bytes = _brief("wasm_byte_vec_new", None, c_size_t, c_size_t, c_char_p)
new_list = _brief("wasmtime_component_vallist_new_uninit", None, c_size_t, c_size_t)
new_list_of = _brief("wasmtime_component_vallist_new", None, c_size_t, c_size_t, c_char_p)
new_tuple = _brief("wasmtime_component_valtuple_new_uninit", None, c_size_t, c_size_t)
new_record = _brief("wasmtime_component_valrecord_new_uninit", None, c_size_t, c_size_t)
new_flags = _brief("wasmtime_component_valflags_new_uninit", None, c_size_t, c_size_t)
box_value = _brief("wasmtime_component_val_new", c_size_t, c_void_p)
delete_value = _brief("wasmtime_component_val_delete", None, c_void_p)
free_value = _brief("wasmtime_component_val_free", None, c_size_t)
resource_new = _brief("wasmtime_component_resource_host_new", c_size_t, c_bool, c_uint32, c_uint32)
resource_rep = _brief("wasmtime_component_resource_host_rep", c_uint32, c_size_t)
resource_delete = _brief("wasmtime_component_resource_host_delete", None, c_size_t)
resource_to_any = _brief("wasmtime_component_resource_host_to_any", c_size_t, c_size_t, c_size_t, c_void_p)
resource_from_any = _brief("wasmtime_component_resource_any_to_host", c_size_t, c_size_t, c_size_t, c_void_p)

bytes_at: Callable[[int, int], bytes] = _function(
    "PyBytes_FromStringAndSize", py_object, c_size_t, c_ssize_t, library=ctypes.pythonapi
)
"""(address, size) -> a copy of the bytes there. As `ctypes.string_at`, without a function of Python around it."""
write = ctypes.PYFUNCTYPE(None, c_size_t, c_char_p, c_size_t)(ctypes.cast(ctypes.memmove, c_void_p).value or 0)
"""(address, bytes, size): write bytes there. As `ctypes.memmove`, and it keeps Python's lock as `_brief` says."""

_add_function = _function(
    "wasmtime_component_linker_instance_add_func",
    c_size_t,
    c_void_p,
    c_char_p,
    c_size_t,
    HOST_FUNCTION,
    c_size_t,
    c_void_p,
)
_add_resource = _function(
    "wasmtime_component_linker_instance_add_resource",
    c_size_t,
    c_void_p,
    c_char_p,
    c_size_t,
    c_void_p,
    RESOURCE_DESTRUCTOR,
    c_size_t,
    c_void_p,
)
_resource_type_new = _function("wasmtime_component_resource_type_new_host", c_void_p, c_uint32)
_resource_type_delete = _function("wasmtime_component_resource_type_delete", None, c_void_p)
_set_epoch_callback = _function(
    "wasmtime_store_epoch_deadline_callback", None, c_void_p, EPOCH_CALLBACK, c_size_t, c_void_p
)
_set_limits = _function("wasmtime_store_limiter", None, c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64)
_get_function = _function("wasmtime_component_instance_get_func", c_bool, c_void_p, c_size_t, c_void_p, c_void_p)


def error_text(error: Address) -> str:
    """Return the message of a wasmtime error, and free the error."""
    owned = WasmtimeError._from_ptr(ctypes.cast(error, POINTER(ffi.wasmtime_error_t)))
    return str(owned)


def _raise_for(error: Address) -> None:
    if error:
        raise HostError(error_text(error))


def context_of(store: Store) -> Address:
    """The address of a store's context. Host functions receive it as their `context`."""
    address = ctypes.cast(store._context(), c_void_p).value
    assert address is not None
    return address


def add_function(instance: LinkerInstance, name: str, function: Any, data: int) -> None:
    """Define `name`. Calls go to `function` with `data`. `function` is a `HOST_FUNCTION` that outlives the linker."""
    encoded = name.encode()
    _raise_for(_add_function(instance.ptr(), encoded, len(encoded), function, data, None))


def add_resource(instance: LinkerInstance, name: str, type_id: int, destructor: Any) -> None:
    """Define the resource type `name` as host type `type_id`. `destructor` must outlive the linker."""
    encoded = name.encode()
    resource_type = _resource_type_new(type_id)
    try:
        _raise_for(_add_resource(instance.ptr(), encoded, len(encoded), resource_type, destructor, type_id, None))
    finally:
        _resource_type_delete(resource_type)


def set_epoch_callback(store: Store, function: Any) -> None:
    """Call `function` at the epoch deadline. It is an `EPOCH_CALLBACK` that outlives the store."""
    _set_epoch_callback(store.ptr(), function, 0, None)


def set_limits(store: Store, memory_bytes: int) -> None:
    """Limit one store to one linear memory, `MOST_INSTANCES`, and `MOST_TABLES` of `MOST_ELEMENTS`."""
    _set_limits(store.ptr(), memory_bytes, MOST_ELEMENTS, MOST_INSTANCES, MOST_TABLES, 1)


def instantiate(linker: Linker, store: Store, component: Component) -> Any:
    """Create an instance in `store`.

    Raises:
        WasmTrap: the component trapped while it started, or its memory exceeds the store's limits.
    """
    instance = ffi.wasmtime_component_instance_t()
    error = ffi.wasmtime_component_linker_instantiate(
        linker.ptr(), store._context(), component.ptr(), ctypes.byref(instance)
    )
    if error:
        raise WasmTrap(str(WasmtimeError._from_ptr(error)))
    return instance


def get_function(instance: Any, context: Address, index: Any) -> Any:
    """The exported function at `index`, or None."""
    function = ffi.wasmtime_component_func_t()
    found = _get_function(ctypes.byref(instance), context, index.ptr(), ctypes.byref(function))
    return function if found else None
