"""The functions that a component exports for the contracts, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hostcore.compat.demo import contract as demo
from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.native import wit
from hostcore.runtime.surface import Interface

CONTRACT = "wasi-host:plugin"
"""Package name of this host's own interfaces (wit/)."""
VERSIONS = {
    "wasi:": late_pattern(r"0\.2\.\d+"),
    f"{CONTRACT}/": late_pattern(r"0\.1\.\d+"),
    f"{demo.PACKAGE}/": demo.VERSIONS,
}
"""Accepted versions, by the start of the interface's name."""


@dataclass(frozen=True, slots=True)
class Export:
    """An exported function of the contracts."""

    interface: str
    """With the version."""
    member: str
    type: wit.FuncType


def exported_functions(interfaces: Iterable[Interface]) -> Iterator[tuple[str, Export]]:
    """Yield each function of an accepted version, with its name as in `LinkedComponent`."""
    for interface in interfaces:
        name, _, version = interface.name.partition("@")
        package = name.partition("/")[0]
        if package not in {CONTRACT, demo.PACKAGE} or not VERSIONS[f"{package}/"].fullmatch(version):
            continue
        for member, type_ in (interface.members or {}).items():
            if isinstance(type_, wit.FuncType):
                yield f"{short_name(interface.name)}#{member}", Export(interface.name, member, type_)


def short_name(interface: str) -> str:
    """Return an interface without its version, and without this host's own package."""
    return interface.partition("@")[0].removeprefix(f"{CONTRACT}/")
