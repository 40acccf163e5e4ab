"""Reads which interfaces a component imports and exports, and bounds their number before it reads them.

Reading takes wasmtime a time that grows with the square of the number: 5 s for 10,000 functions of one interface, 45 s
for 50,000 imports. The number itself costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.errors import PluginFileError
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.native.interfaces import ComponentType, InstanceType
from hostcore.runtime.native.objects import Component

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
    type_, handle = ComponentType(component), engine.engine
    _require(plugin, type_.count(handle), MOST_INTERFACES, "interfaces")
    imported, exported = type_.imports(handle), type_.exports(handle)
    instances = (*imported.values(), *exported.values())
    members = sum(each.count(handle) for each in instances if isinstance(each, InstanceType))
    _require(plugin, members, MOST_MEMBERS, "functions, types and resources")
    return Surface(_interfaces(imported, engine), _interfaces(exported, engine))


def _require(plugin: str, found: int, most: int, what: str) -> None:
    if found > most:
        raise PluginFileError(plugin, f"imports and exports {found} {what}; up to {most} are allowed")


def _interfaces(items: Mapping[str, object], engine: GuestEngine) -> tuple[Interface, ...]:
    return tuple(
        Interface(name, item.exports(engine.engine) if isinstance(item, InstanceType) else None)
        for name, item in items.items()
    )
