"""Links a component: provides every function that it imports, interface by interface.

The linker reflects on the component. A component built against any WASI 0.2.x gets the functions that it names. The
functions belong to an instance, so one linked component serves any number of instances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from wasmtime.component import Component, ExportIndex, Linker, LinkerInstance, ResourceType
from wasmtime.component import _types as wit

from hostcore.compat.demo import contract as demo
from hostcore.errors import MissingImportsError, PluginFileError
from hostcore.runtime import boundary, capi
from hostcore.runtime.boundary import Import
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.plain_values import Plain, plain_of
from hostcore.runtime.shapes import fits_contract, shape_of
from hostcore.wasi.functions import resource_type
from hostcore.wasi.refused import is_refused

CONTRACT = "wasi-host:plugin"
"""Package name of this host's own interfaces (wit/)."""
_VERSIONS = {
    "wasi:": re.compile(r"0\.2\.\d+"),
    f"{CONTRACT}/": re.compile(r"0\.1\.\d+"),
    f"{demo.PACKAGE}/": demo.VERSIONS,
}
"""Accepted versions, by the start of the interface's name."""


@dataclass(frozen=True, slots=True)
class LinkedComponent:
    """A component with all imports linked."""

    component: Component
    linker: Linker
    imports: tuple[Import, ...]
    """Every function that it imports. An instance supplies one host function for each."""
    exports: dict[str, ExportIndex]
    """Functions that it exports, by ``interface#function`` without version: ``driver#read``. A package that is not
    this host's own is named too: ``demo:plugin/oled-logic#update``."""
    polls: dict[str, Plain]
    """Exported functions that return readings, and the functions that convert their results for JSON."""


def link(name: str, component: Component, engine: GuestEngine, offered: Set[str]) -> LinkedComponent:
    """Link every import of `component`.

    Args:
        name: the plugin's name, for errors.
        component: a compiled component.
        engine: the engine it was compiled with.
        offered: interfaces that the host offers, without versions.

    Raises:
        MissingImportsError: it imports interfaces that the host does not offer. The error names them all.
        PluginFileError: it exports no interface of the contracts, or a function's type differs from the contract.
    """
    interfaces = component.type.imports(engine.engine)
    missing = tuple(
        each
        for each, extern in interfaces.items()
        if not _is_offered(each, offered) and not _needs_nothing(each, extern.ty, engine)
    )
    if missing:
        raise MissingImportsError(name, missing, tuple(sorted(offered)))
    linker = Linker(engine.engine)
    imports: list[Import] = []
    with linker.root() as root:
        for interface, extern in interfaces.items():
            with root.add_instance(interface) as instance:
                _define(name, instance, interface.partition("@")[0], extern.ty, engine=engine, imports=imports)
    exports: dict[str, ExportIndex] = {}
    polls: dict[str, Plain] = {}
    for function, index, type_ in _exports(name, component, engine):
        exports[function] = index
        if function in demo.POLLS:
            polls[function] = plain_of(type_.result)
    if not exports:
        raise PluginFileError(
            name,
            f"exports nothing of {CONTRACT} or {demo.PACKAGE}; a plugin exports driver, display or page (wit/)",
        )
    return LinkedComponent(component, linker, tuple(imports), exports, polls)


def _is_offered(interface: str, offered: Set[str]) -> bool:
    name, _, version = interface.partition("@")
    version_fits = any(name.startswith(start) and fits.fullmatch(version) for start, fits in _VERSIONS.items())
    return version_fits and (name in offered or is_refused(name))


def _needs_nothing(interface: str, type_: object, engine: GuestEngine) -> bool:
    """Whether the interface belongs to demo:plugin and only defines types for other interfaces."""
    if not interface.startswith(f"{demo.PACKAGE}/") or not isinstance(type_, wit.ComponentInstanceType):
        return False
    members = [each.ty for each in type_.exports(engine.engine).values()]
    return bool(members) and not any(isinstance(each, wit.FuncType | ResourceType) for each in members)


def _define(
    plugin: str,
    instance: LinkerInstance,
    interface: str,
    type_: object,
    *,
    engine: GuestEngine,
    imports: list[Import],
) -> None:
    if not isinstance(type_, wit.ComponentInstanceType):
        raise PluginFileError(plugin, f"imports {interface}, but not as an interface; build it against wit/")
    for member, extern in type_.exports(engine.engine).items():
        item = extern.ty
        if isinstance(item, wit.FuncType):
            if interface.startswith((f"{CONTRACT}/", f"{demo.PACKAGE}/")):
                _require_contract(plugin, f"{interface.removeprefix(CONTRACT + '/')}#{member}", item)
            capi.add_function(instance, member, boundary.call_host, len(imports))
            imports.append(Import(f"{interface}#{member}"))
        elif isinstance(item, ResourceType):
            capi.add_resource(instance, member, resource_type(member), boundary.drop_resource)


def _exports(plugin: str, component: Component, engine: GuestEngine) -> Iterator[tuple[str, ExportIndex, wit.FuncType]]:
    for interface, extern in component.type.exports(engine.engine).items():
        name, _, version = interface.partition("@")
        package = name.partition("/")[0]
        type_ = extern.ty
        if package not in {CONTRACT, demo.PACKAGE} or not isinstance(type_, wit.ComponentInstanceType):
            continue
        if not _VERSIONS[f"{package}/"].fullmatch(version):
            continue
        short = name.removeprefix(f"{CONTRACT}/")
        outer = component.get_export_index(interface)
        for member, inner in type_.exports(engine.engine).items():
            if isinstance(inner.ty, wit.FuncType):
                _require_contract(plugin, f"{short}#{member}", inner.ty)
                index = component.get_export_index(member, outer)
                assert index is not None
                yield f"{short}#{member}", index, inner.ty


def _require_contract(plugin: str, function: str, found: wit.FuncType) -> None:
    if not fits_contract(function, found):
        how = " with wasi-host build" if function.startswith("python-wire#") else ""
        raise PluginFileError(
            plugin,
            f"its {function.replace('#', '.')} is {shape_of(found)[:300]}, not what wit/ says. "
            f"Rebuild it against wit/{how}",
        )
