"""Writes the function types of a component as text, for comparison and for a person, and bounds their size.

wasmtime passes values with the component's types, not with the types that the host expects. A type can be a graph in
which each node is used several times. So the nodes are counted while they are read, and reading ends at the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wasmtime import _ffi as ffi
from wasmtime.component import ResourceType
from wasmtime.component import _types as wit

MOST_NODES = 256
"""Most nodes of one function's type. The largest in the contracts and in WASI has 80. Each type, field, case and flag
is a node, and so is each further 64 characters of its name."""
MOST_RESOURCES = 64
"""Most types of resources that a component imports. WASI 0.2 has 13. Each use of one is compared with all of them."""
_NAME = 64
_SIMPLE = {
    wit.Bool: "bool",
    wit.S8: "s8",
    wit.U8: "u8",
    wit.S16: "s16",
    wit.U16: "u16",
    wit.S32: "s32",
    wit.U32: "u32",
    wit.S64: "s64",
    wit.U64: "u64",
    wit.F32: "f32",
    wit.F64: "f64",
    wit.Char: "char",
    wit.String: "string",
}
_WIDTHS: Mapping[type, Callable[[Any], int]] = {
    wit.FuncType: ffi.wasmtime_component_func_type_param_count,
    wit.RecordType: ffi.wasmtime_component_record_type_field_count,
    wit.TupleType: ffi.wasmtime_component_tuple_type_types_count,
    wit.VariantType: ffi.wasmtime_component_variant_type_case_count,
    wit.EnumType: ffi.wasmtime_component_enum_type_names_count,
    wit.FlagsType: ffi.wasmtime_component_flags_type_names_count,
}
"""The number of a type's fields, cases or names, which wasmtime tells without reading them."""


class TypeTooLargeError(Exception):
    """A type has more than `MOST_NODES` nodes.

    Attributes:
        nodes: the number of nodes found so far. The rest was not read.
    """

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        super().__init__(f"at least {nodes} nodes; up to {MOST_NODES} are allowed")


class Resources:
    """The resource types that a component imports, by name."""

    def __init__(self) -> None:
        self._types: list[tuple[str, ResourceType]] = []

    def __len__(self) -> int:
        return len(self._types)

    def add(self, name: str, type_: ResourceType) -> None:
        """Note an imported resource type."""
        self._types.append((name, type_))

    def name_of(self, type_: ResourceType) -> str:
        """The name of an imported resource type; "?" for any other."""
        return next((name for name, known in self._types if known == type_), "?")


def function_text(function: wit.FuncType, resources: Resources | None = None) -> str:
    """A function's type as text, without the names of its parameters.

    Args:
        function: the type.
        resources: the names of its resources.

    Raises:
        TypeTooLargeError: it has more than `MOST_NODES` nodes.
    """
    reader = _Reader(resources or Resources())
    reader.count(function)
    return f"({reader.texts(each for _, each in function.params)}) -> {reader.text(function.result)}"


class _Reader:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._nodes = 0

    def count(self, ty: Any) -> None:
        """Count a type and its fields, before they are read."""
        width = _WIDTHS.get(type(ty))
        self._add(1 if width is None else 1 + width(ty.ptr()))

    def text(self, ty: Any) -> str:
        if ty is None:
            return "_"
        simple = _SIMPLE.get(type(ty))
        if simple is not None:
            return simple
        self.count(ty)
        write = _COMPOUND.get(type(ty))
        return type(ty).__name__ if write is None else write(self, ty)

    def texts(self, types: Iterable[Any]) -> str:
        return " ".join(map(self.text, types))

    def names(self, names: Iterable[str]) -> str:
        return " ".join(map(self._name, names))

    def members(self, members: Iterable[tuple[str, Any]]) -> str:
        return " ".join(f"{self._name(name)}={self.text(each)}" for name, each in members)

    def resource(self, type_: ResourceType) -> str:
        return self._resources.name_of(type_)

    def _name(self, name: str) -> str:
        self._add(len(name) // _NAME)
        return name

    def _add(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise TypeTooLargeError(self._nodes)


_COMPOUND: Mapping[type, Callable[[_Reader, Any], str]] = {
    wit.ListType: lambda reader, ty: f"list<{reader.text(ty.element)}>",
    wit.OptionType: lambda reader, ty: f"option<{reader.text(ty.payload)}>",
    wit.ResultType: lambda reader, ty: f"result<{reader.text(ty.ok)} {reader.text(ty.err)}>",
    wit.TupleType: lambda reader, ty: f"tuple({reader.texts(ty.elements)})",
    wit.RecordType: lambda reader, ty: f"record({reader.members(ty.fields)})",
    wit.VariantType: lambda reader, ty: f"variant({reader.members(ty.cases)})",
    wit.EnumType: lambda reader, ty: f"enum({reader.names(ty.names)})",
    wit.FlagsType: lambda reader, ty: f"flags({reader.names(ty.names)})",
    wit.OwnType: lambda reader, ty: f"own<{reader.resource(ty.ty)}>",
    wit.BorrowType: lambda reader, ty: f"borrow<{reader.resource(ty.ty)}>",
}
