"""The libraries that become part of a sealed plugin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.libraries.libraries import Libraries
from hostcore.libraries.wheel_name import normalized
from hostcore.quick_dataclass import dataclass, field

_INFO = ".dist-info"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Modules and files for the guest's `embedded_libraries`."""

    modules: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    """By full name: the file name that tracebacks show (``PACKAGE-VERSION/PATH``), and whether it is a package."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """All files, those of the modules among them, by their path inside the wheel. The files of the metadata are there
    a second time, as ``PACKAGE.dist-info/NAME``, because the guest knows no versions."""


NOTHING = Embedded()
"""For a plugin without libraries."""


def embedded(libraries: Libraries | None) -> Embedded:
    """Return all that a sealed plugin needs of its libraries. Blocks for about a second for each 10 MB."""
    if libraries is None:
        return NOTHING
    files = dict(libraries.files())
    modules = {name: (module.path, module.is_package) for name, module in libraries.modules()}
    return Embedded(modules, {**files, **dict(_metadata(files))})


def _metadata(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for path, content in files.items():
        folder, _, name = path.partition("/")
        if folder.endswith(_INFO) and name == "METADATA":
            package = normalized(folder.removesuffix(_INFO).rpartition("-")[0])
            yield f"{package}{_INFO}/{name}", content
