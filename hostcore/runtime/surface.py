"""Reads which interfaces a component imports and exports, and bounds their number before it reads them.

Reading takes wasmtime a time that grows with the square of the number: 5 s for 10,000 functions of one interface, 45 s
for 50,000 imports. The number itself costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from wasmtime import _ffi as ffi
from wasmtime.component import Component
from wasmtime.component import _types as wit

from hostcore.errors import PluginFileError
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.engine import GuestEngine

MOST_INTERFACES = 256
"""Most interfaces that a component imports and exports. The Python runtime has 43, because it has all of WASI."""
MOST_MEMBERS = 1024
"""Most functions, types and resources of these interfaces together. The Python runtime has 267."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface that a component imports or exports.

    Attributes:
        members: the types of its members, by name. None if the import or export is something else, such as a function.
    """

    name: str
    """As the component spells it, with the version."""
    members: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Surface:
    """Everything that a component imports and exports."""

    imports: tuple[Interface, ...]
    exports: tuple[Interface, ...]


def surface_of(plugin: str, component: Component, engine: GuestEngine) -> Surface:
    """Read what `component` imports and exports.

    Args:
        plugin: the plugin's name, for errors.
        component: a compiled component.
        engine: the engine it was compiled with.

    Raises:
        PluginFileError: there are more than `MOST_INTERFACES` or `MOST_MEMBERS`.
    """
    type_, handle = component.type, engine.engine.ptr()
    imports = ffi.wasmtime_component_type_import_count(type_.ptr(), handle)
    exports = ffi.wasmtime_component_type_export_count(type_.ptr(), handle)
    _require(plugin, imports + exports, MOST_INTERFACES, "interfaces")
    imported, exported = type_.imports(engine.engine), type_.exports(engine.engine)
    instances = [each.ty for each in (*imported.values(), *exported.values())]
    members = sum(
        ffi.wasmtime_component_instance_type_export_count(each.ptr(), handle)
        for each in instances
        if isinstance(each, wit.ComponentInstanceType)
    )
    _require(plugin, members, MOST_MEMBERS, "functions, types and resources")
    return Surface(_interfaces(imported, engine), _interfaces(exported, engine))


def _require(plugin: str, found: int, most: int, what: str) -> None:
    if found > most:
        raise PluginFileError(plugin, f"imports and exports {found} {what}; up to {most} are allowed")


def _interfaces(externs: Mapping[str, wit.ComponentExtern], engine: GuestEngine) -> tuple[Interface, ...]:
    return tuple(Interface(name, _members(extern.ty, engine)) for name, extern in externs.items())


def _members(type_: object, engine: GuestEngine) -> Mapping[str, object] | None:
    if not isinstance(type_, wit.ComponentInstanceType):
        return None
    return {name: extern.ty for name, extern in type_.exports(engine.engine).items()}
