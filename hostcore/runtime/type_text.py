"""Writes the function types of a component as text, for comparison and for a person, and bounds their size.

wasmtime passes values with the component's types, not with the types that the host expects. A type can be a graph in
which each node is used several times. So the nodes are counted while they are read, and reading ends at the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hostcore.runtime.native import wit

MOST_NODES = 256
"""Most nodes of one function's type. The largest in the contracts and in WASI has 80. Each type, field, case and flag
is a node, and so is each further 64 characters of its name."""
MOST_RESOURCES = 64
"""Most types of resources that a component imports. WASI 0.2 has 13. Each use of one is compared with all of them."""
_NAME = 64


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
        self._types: list[tuple[str, wit.ResourceType]] = []

    def __len__(self) -> int:
        return len(self._types)

    def add(self, name: str, type_: wit.ResourceType) -> None:
        """Note an imported resource type."""
        self._types.append((name, type_))

    def name_of(self, type_: wit.ResourceType) -> str:
        """The name of an imported resource type; "?" for any other."""
        return next((name for name, known in self._types if known.is_same(type_)), "?")


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
        width = getattr(ty, "width", None)  # wasmtime tells the number of fields, cases or names without reading them
        self._add(1 if width is None else 1 + width(ty.ptr()))

    def text(self, ty: Any) -> str:
        if ty is None:
            return "_"
        if isinstance(ty, wit.Simple):
            return ty.name
        self.count(ty)
        write = _COMPOUND.get(type(ty))
        return str(ty.name) if write is None else write(self, ty)

    def texts(self, types: Iterable[Any]) -> str:
        return " ".join(map(self.text, types))

    def names(self, names: Iterable[str]) -> str:
        return " ".join(map(self._name, names))

    def members(self, members: Iterable[tuple[str, Any]]) -> str:
        return " ".join(f"{self._name(name)}={self.text(each)}" for name, each in members)

    def resource(self, type_: wit.ResourceType) -> str:
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
