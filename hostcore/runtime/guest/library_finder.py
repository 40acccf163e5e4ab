"""Finds the modules of a plugin's libraries. The host, or a sealed component, has them; no file is read here."""

import linecache
import marshal
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from types import CodeType, ModuleType
from typing import Any

from host._wire import library_files
from library_files import FindData, LibraryResources, find_distributions, let_open_find_files, missing_file
from refusals import missing
from wit_world.imports import python_wire

FindModule = Callable[[str], Any]
"""Returns a `python_wire.LibraryModule` for a module's full name, or None."""

CARRIERS = frozenset({"adafruit_bus_device", "adafruit_register", "i2cdevice"})
"""Packages through which other libraries reach a bus. Their lines are the same for every register of every chip."""


class LibraryLoader:
    """Loads one module of a library. Keeps neither its source nor its bytecode, which would take memory.

    Args:
        found: the module, as `find_module` describes it.
        find_data: reads the source again for a traceback.
    """

    def __init__(self, found: Any, find_data: FindData) -> None:
        self._found, self._find_data = found, find_data
        self.path: str = found.path

    def create_module(self, _spec: ModuleSpec) -> ModuleType | None:
        """Let Python create the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code in `module`."""
        linecache.lazycache(self.path, module.__dict__)
        exec(self._code(), module.__dict__)

    def get_source(self, _name: str) -> str | None:
        """Return the module's source, for a traceback; None if it is not to be had."""
        content = self._find_data(self.path.partition("/")[2])
        return None if content is None else content.decode("utf-8", "replace")

    def get_data(self, path: str) -> bytes:
        """Return a file of the library (`pkgutil.get_data`).

        Raises:
            FileNotFoundError: there is no such file.
        """
        content = self._find_data(path.partition("/")[2])
        if content is None:
            raise missing_file(path, "the library has no such file")
        return content

    def get_resource_reader(self, _name: str) -> LibraryResources:
        """Return the files of the package (`importlib.resources`)."""
        return LibraryResources(self.path.partition("/")[2].rpartition("/")[0], self._find_data)

    def _code(self) -> CodeType:
        found, self._found = self._found, None
        if found.bytecode:
            code: CodeType = marshal.loads(found.bytecode.encode("latin-1"))
            return code
        return compile(found.source, self.path, "exec", dont_inherit=True)


class LibraryFinder:
    """The last entry of `sys.meta_path`: Python's own modules, and those of the host, come first.

    Args:
        find_module: has the modules.
        find_data: has the files.
    """

    def __init__(self, find_module: FindModule, find_data: FindData) -> None:
        self._find_module, self._find_data = find_module, find_data

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Ask for a module by its full name.

        Raises:
            ModuleNotFoundError: an import wants it, and nobody has it. The message says more than Python's.
        """
        is_name = all(part.isidentifier() for part in name.split("."))  # a lone surrogate cannot leave the sandbox
        found = self._find_module(name) if is_name else None
        if found is None:
            if _is_import():
                raise ModuleNotFoundError(missing(name), name=name)
            return None
        is_carrier = name.partition(".")[0] in CARRIERS
        library_files.setdefault(found.path, 0 if is_carrier else len(library_files) + 1)
        loader: Any = LibraryLoader(found, self._find_data)
        spec = ModuleSpec(name, loader, origin=found.path, is_package=found.is_package)
        spec.has_location = True  # `__file__` is the path
        if found.is_package:
            spec.submodule_search_locations = [found.path.rpartition("/")[0]]
        return spec

    def find_distributions(self, context: DistributionFinder.Context) -> Iterator[Distribution]:
        """Find a package's metadata (`importlib.metadata`)."""
        return find_distributions(context, self._find_data)

    def invalidate_caches(self) -> None:
        """Do nothing: nothing is cached."""


def _is_import() -> bool:
    """Whether an import statement asks, not a function that only wants to know."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        if frame.f_code.co_name == "_find_and_load":
            return True
        frame = frame.f_back
    return False


def find_data_of_host(path: str) -> bytes | None:
    """Ask the host for a file of the libraries, by its path inside the wheel."""
    found = python_wire.find_data(path.encode("utf-8", "replace").decode())  # a lone surrogate cannot leave the sandbox
    return None if found is None else found.encode("latin-1")


def use_libraries(find_module: FindModule = python_wire.find_module, find_data: FindData = find_data_of_host) -> None:
    """Let `import` find the modules of libraries."""
    sys.meta_path.append(LibraryFinder(find_module, find_data))
    let_open_find_files(find_data)
