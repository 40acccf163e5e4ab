"""The part of wasmtime's C API that runs on every call.

The package wasmtime looks up function and value types on every call, and creates a ctypes object for every value.
These prototypes use plain addresses instead, which makes a host call 4 to 14 times faster. They depend on the layout of
values in one version of wasmtime, so `native.library` loads no other one.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    POINTER,
    PYFUNCTYPE,
    byref,
    c_bool,
    c_char_p,
    c_int64,
    c_size_t,
    c_ssize_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
    cast,
    memmove,
    py_object,
    pythonapi,
)
from typing import Any

from hostcore.errors import HostError
from hostcore.runtime.crash import WasmTrap
from hostcore.runtime.engine import MOST_ELEMENTS, MOST_INSTANCES, MOST_TABLES
from hostcore.runtime.native.library import Address, error_text, function, quick_function
from hostcore.runtime.native.objects import Component, ExportIndex, Linker, Store

VALUE_SIZE = 32
"""sizeof(wasmtime_component_val_t): a kind byte at 0, the value at 8."""
FIELD_SIZE = 48
"""sizeof(wasmtime_component_valrecord_entry_t): a name (size, address) at 0, the value at 16."""

KIND_BOOL, KIND_S8, KIND_U8, KIND_S16, KIND_U16, KIND_S32, KIND_U32, KIND_S64, KIND_U64 = range(9)
KIND_F32, KIND_F64, KIND_CHAR, KIND_STRING, KIND_LIST, KIND_RECORD, KIND_TUPLE = range(9, 16)
KIND_VARIANT, KIND_ENUM, KIND_OPTION, KIND_RESULT, KIND_FLAGS, KIND_RESOURCE = range(16, 22)


HOST_FUNCTION = CFUNCTYPE(c_size_t, c_size_t, c_size_t, c_void_p, c_size_t, c_size_t, c_size_t, c_size_t)
"""wasmtime_component_func_callback_t: (data, context, type, arguments, count, results, count) -> error or 0."""
EPOCH_CALLBACK = CFUNCTYPE(c_size_t, c_size_t, c_size_t, POINTER(c_uint64), POINTER(c_uint8))
"""wasmtime_store_epoch_deadline_callback's function: (context, data, ticks, kind) -> error or 0."""
RESOURCE_DESTRUCTOR = CFUNCTYPE(c_size_t, c_size_t, c_size_t, c_uint32)
"""wasmtime_component_resource_destructor_t: (data, context, rep) -> error or 0."""

call_function = function(
    "wasmtime_component_func_call", c_size_t, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_size_t
)
new_error = quick_function("wasmtime_error_new", c_size_t, c_char_p)
new_bytes = quick_function("wasm_byte_vec_new", None, c_size_t, c_size_t, c_char_p)
new_list = quick_function("wasmtime_component_vallist_new_uninit", None, c_size_t, c_size_t)
new_list_of = quick_function("wasmtime_component_vallist_new", None, c_size_t, c_size_t, c_char_p)
new_tuple = quick_function("wasmtime_component_valtuple_new_uninit", None, c_size_t, c_size_t)
new_record = quick_function("wasmtime_component_valrecord_new_uninit", None, c_size_t, c_size_t)
copy_record = quick_function("wasmtime_component_valrecord_copy", None, c_size_t, c_size_t)
new_flags = quick_function("wasmtime_component_valflags_new_uninit", None, c_size_t, c_size_t)
box_value = quick_function("wasmtime_component_val_new", c_size_t, c_void_p)
delete_value = quick_function("wasmtime_component_val_delete", None, c_void_p)
free_value = quick_function("wasmtime_component_val_free", None, c_size_t)
resource_new = quick_function("wasmtime_component_resource_host_new", c_size_t, c_bool, c_uint32, c_uint32)
resource_rep = quick_function("wasmtime_component_resource_host_rep", c_uint32, c_size_t)
resource_delete = quick_function("wasmtime_component_resource_host_delete", None, c_size_t)
resource_to_any = quick_function("wasmtime_component_resource_host_to_any", c_size_t, c_size_t, c_size_t, c_void_p)
resource_from_any = quick_function("wasmtime_component_resource_any_to_host", c_size_t, c_size_t, c_size_t, c_void_p)

bytes_at: Callable[[int, int], bytes] = pythonapi["PyBytes_FromStringAndSize"]
"""(address, size) -> a copy of the bytes there. As `ctypes.string_at`, without a function of Python around it."""
bytes_at.restype, bytes_at.argtypes = py_object, (c_size_t, c_ssize_t)  # type: ignore[attr-defined]
write = PYFUNCTYPE(None, c_size_t, c_char_p, c_size_t)(cast(memmove, c_void_p).value or 0)
"""(address, bytes, size): write bytes there. As `ctypes.memmove`, but no other thread runs meanwhile."""

_add_function = function(
    "wasmtime_component_linker_instance_add_func",
    c_size_t,
    c_void_p,
    c_char_p,
    c_size_t,
    HOST_FUNCTION,
    c_size_t,
    c_void_p,
)
_add_resource = function(
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
_resource_type_new = function("wasmtime_component_resource_type_new_host", c_void_p, c_uint32)
_resource_type_delete = function("wasmtime_component_resource_type_delete", None, c_void_p)
_set_epoch_callback = function(
    "wasmtime_store_epoch_deadline_callback", None, c_void_p, EPOCH_CALLBACK, c_size_t, c_void_p
)
_set_limits = function("wasmtime_store_limiter", None, c_void_p, c_int64, c_int64, c_int64, c_int64, c_int64)
_INSTANCE = c_uint64 * 2
"""wasmtime_component_instance_t."""
_FUNCTION = c_uint64 * 4
"""wasmtime_component_func_t."""
_instantiate = function("wasmtime_component_linker_instantiate", c_size_t, c_void_p, c_size_t, c_void_p, c_void_p)
_get_function = function("wasmtime_component_instance_get_func", c_bool, c_void_p, c_size_t, c_void_p, c_void_p)
_function_type = function("wasmtime_component_func_type", c_size_t, c_void_p, c_size_t)


def _raise_for(error: Address) -> None:
    if error:
        raise HostError(error_text(error))


def add_function(instance: Address, name: str, function: Any, data: int) -> None:
    """Define `name`. Calls go to `function` with `data`. `function` is a `HOST_FUNCTION` that outlives the linker."""
    encoded = name.encode()
    _raise_for(_add_function(instance, encoded, len(encoded), function, data, None))


def add_resource(instance: Address, name: str, type_id: int, destructor: Any) -> None:
    """Define the resource type `name` as host type `type_id`. `destructor` must outlive the linker."""
    encoded = name.encode()
    resource_type = _resource_type_new(type_id)
    try:
        _raise_for(_add_resource(instance, encoded, len(encoded), resource_type, destructor, type_id, None))
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
    instance = _INSTANCE()
    if error := _instantiate(linker.ptr(), store.context(), component.ptr(), byref(instance)):
        raise WasmTrap(error_text(error))
    return instance


def get_function(instance: Any, context: Address, index: ExportIndex) -> Any:
    """The exported function at `index`, or None."""
    found = _FUNCTION()
    return found if _get_function(byref(instance), context, index.ptr(), byref(found)) else None


def type_of(function: Any, context: Address) -> Address:
    """The type of an exported function: a wasmtime_component_func_type_t, which the caller frees."""
    return _function_type(byref(function), context)  # type: ignore[no-any-return]
