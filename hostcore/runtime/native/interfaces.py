"""What components import and export, as wasmtime knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ctypes import byref, c_bool, c_size_t, c_uint64, c_void_p
from typing import Any

from hostcore.runtime.native.library import Address, Owned, function
from hostcore.runtime.native.objects import Component, Engine
from hostcore.runtime.native.wit import FuncType, ResourceType, reader, text, value_type

_ITEM = c_uint64 * 3
"""wasmtime_component_item_t: a kind byte at 0, an address or a wasmtime_component_valtype_t at 8."""
_ITEM_TYPE = 6
"""The kind of an item that is the type of a value."""
_component_type = function("wasmtime_component_type", c_void_p, c_void_p)
_extern_type, _extern_delete = reader("extern_type", 2), reader("extern_delete", 1)
_item_delete = reader("item_delete", 1)


class InstanceType(Owned):
    """An interface."""

    delete, width = reader("instance_type_delete", 1), reader("instance_type_export_count", 2, c_size_t)

    def count(self, engine: Engine) -> int:
        """Return the number of its functions, types and resources."""
        return int(self.width(self.ptr(), engine.ptr()))

    def exports(self, engine: Engine) -> dict[str, object]:
        """Return its functions, types and resources by name."""
        return _items(reader("instance_type_export_nth", 6, c_bool), self.count(engine), self.ptr(), engine)


class Other:
    """A component or a core module within a component, which no contract has."""


class ComponentType(Owned):
    """What a component imports and exports."""

    delete = reader("type_delete", 1)

    def __init__(self, component: Component) -> None:
        super().__init__(_component_type(component.ptr()))

    def count(self, engine: Engine) -> int:
        """Return the number of its imports and exports."""
        return self._count("import", engine) + self._count("export", engine)

    def imports(self, engine: Engine) -> dict[str, object]:
        """Return what it imports by name: an `InstanceType` for an interface."""
        return self._items("import", engine)

    def exports(self, engine: Engine) -> dict[str, object]:
        """Return what it exports by name."""
        return self._items("export", engine)

    def _items(self, which: str, engine: Engine) -> dict[str, object]:
        return _items(reader(f"type_{which}_nth", 6, c_bool), self._count(which, engine), self.ptr(), engine)

    def _count(self, which: str, engine: Engine) -> int:
        return int(reader(f"type_{which}_count", 2, c_size_t)(self.ptr(), engine.ptr()))


_ITEMS: Mapping[int, Callable[[Address], object]] = {1: InstanceType, 3: FuncType, 4: ResourceType}
"""Other items by their kind, wasmtime_component_item_kind_t."""


def _items(read: Callable[..., Any], count: int, address: Address, engine: Engine) -> dict[str, object]:
    start, length, extern, handle = c_void_p(), c_size_t(), c_void_p(), engine.ptr()
    found = {}
    for index in range(count):
        read(address, handle, index, byref(start), byref(length), byref(extern))
        found[text(start, length)] = _item(extern)
    return found


def _item(extern: c_void_p) -> object:
    item = _ITEM()
    _extern_type(extern, byref(item))
    _extern_delete(extern)
    kind = item[0] & 0xFF
    if kind in _ITEMS:
        return _ITEMS[kind](item[1])
    if kind == _ITEM_TYPE:
        return value_type(item[1], item[2])
    _item_delete(byref(item))
    return Other()
