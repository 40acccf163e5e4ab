"""Links a component: provides every function that it imports, interface by interface.

The linker reflects on the component. A component built against any WASI 0.2.x gets the functions that it names. The
functions belong to an instance, so one linked component serves any number of instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING

from hostcore.compat.demo import contract as demo
from hostcore.errors import MissingImportsError
from hostcore.quick_dataclass import dataclass
from hostcore.runtime import boundary, capi
from hostcore.runtime.boundary import Import
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.exports import VERSIONS, Export, exported_functions
from hostcore.runtime.native import wit
from hostcore.runtime.native.objects import Component, ExportIndex, Linker
from hostcore.runtime.surface import Interface, Surface, surface_of
from hostcore.wasi.functions import resource_type
from hostcore.wasi.refused import is_refused

if TYPE_CHECKING:
    from hostcore.runtime.plain_values import Plain


@dataclass(frozen=True, slots=True, weakref_slot=True)
class LinkedComponent:
    """A component with all imports linked. Its code stays mapped as long as a plugin refers to it."""

    component: Component
    linker: Linker
    imports: tuple[Import, ...]
    """Every function that it imports. An instance supplies one host function for each."""
    exports: dict[str, ExportIndex]
    """Functions that it exports, by ``interface#function`` without version: ``driver#read``. A package that is not
    this host's own is named too: ``demo:plugin/oled-logic#update``."""
    polls: dict[str, Plain]
    """Exported functions that return readings, and the functions that convert their results for JSON."""


def link(
    name: str, component: Component, engine: GuestEngine, offered: Set[str], *, is_own: bool = False
) -> LinkedComponent:
    """Link every import of `component`.

    Args:
        name: the plugin's name, for errors.
        component: a compiled component.
        engine: the engine it was compiled with.
        offered: interfaces that the host offers, without versions.
        is_own: whether it is the host's own component. Its imports are those of wit/, and comparing their types would
            take 10 ms of each start.

    Raises:
        MissingImportsError: it imports interfaces that the host does not offer. The error names them all.
        PluginFileError: it imports and exports too much, it exports no interface of the contracts, or a member is not
            what the contract says. Nothing is linked then.
    """
    surface = surface_of(name, component, engine)
    missing = tuple(
        each.name for each in surface.imports if not _is_offered(each.name, offered) and not _needs_nothing(each)
    )
    if missing:
        raise MissingImportsError(name, missing, tuple(sorted(offered)))
    exported = dict(exported_functions(surface.exports)) if is_own else _checked(name, surface)
    linker, imports = _linked(surface.imports, engine)
    return LinkedComponent(
        component,
        linker,
        imports,
        {function: _index(component, each) for function, each in exported.items()},
        _polls(exported),
    )


def _checked(name: str, surface: Surface) -> dict[str, Export]:
    """Compare everything with the contracts, and return what it exports."""
    from hostcore.runtime.contract_check import ContractCheck  # noqa: PLC0415 - few plugins are components

    check = ContractCheck(name)
    check.imports(surface.imports)
    return check.exports(surface.exports)


def _is_offered(interface: str, offered: Set[str]) -> bool:
    name, _, version = interface.partition("@")
    version_fits = any(name.startswith(start) and fits.fullmatch(version) for start, fits in VERSIONS.items())
    return version_fits and (name in offered or is_refused(name))


def _needs_nothing(interface: Interface) -> bool:
    """Whether the interface belongs to demo:plugin and only defines types for other interfaces."""
    if not interface.name.startswith(f"{demo.PACKAGE}/") or not interface.members:
        return False
    return not any(isinstance(each, wit.FuncType | wit.ResourceType) for each in interface.members.values())


def _linked(interfaces: Iterable[Interface], engine: GuestEngine) -> tuple[Linker, tuple[Import, ...]]:
    """Define every function and resource of `interfaces`."""
    linker = Linker(engine.engine)
    imports: list[Import] = []
    with linker.instances() as root:
        for interface in interfaces:
            with root.instance(interface.name) as instance:
                for member, type_ in (interface.members or {}).items():
                    if isinstance(type_, wit.FuncType):
                        capi.add_function(instance, member, boundary.call_host, len(imports))
                        imports.append(Import(f"{interface.name.partition('@')[0]}#{member}"))
                    elif isinstance(type_, wit.ResourceType):
                        capi.add_resource(instance, member, resource_type(member), boundary.drop_resource)
    return linker, tuple(imports)


def _polls(exported: Mapping[str, Export]) -> dict[str, Plain]:
    found = [function for function in exported if function in demo.POLLS]
    if not found:
        return {}
    from hostcore.runtime.plain_values import plain_of  # noqa: PLC0415 - only for the contract demo:plugin

    return {function: plain_of(exported[function].type.result) for function in found}


def _index(component: Component, exported: Export) -> ExportIndex:
    index = component.export_index(exported.member, component.export_index(exported.interface))
    assert index is not None
    return index
