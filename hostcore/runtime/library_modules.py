"""The modules of a plugin's libraries, as its instance asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hostcore.libraries.libraries import Libraries

WireModule = tuple[str, bool, str, str]
"""The record `library-module` of interface python-wire: path, is-package, source, bytecode."""


class Modules(Protocol):
    """Answers `find-module` and `find-data` of interface python-wire. Called on the plugin's own thread."""

    def find_module(self, name: str) -> WireModule | None:
        """Return a module, by its full name."""

    def find_data(self, path: str) -> str | None:
        """Return a file, by its path inside the wheel. Each character is one byte (latin-1)."""

    def file(self, number: int) -> str:
        """Return a file among those of the modules that were found, counted from 1, each once; "" if it is not one."""


class NoModules:
    """Has no modules: the plugin has no libraries."""

    def find_module(self, _name: str) -> None:
        """Find nothing."""

    def find_data(self, _path: str) -> None:
        """Find nothing."""

    def file(self, _number: int) -> str:
        """No file was found."""
        return ""


NO_MODULES = NoModules()


class LibraryModules:
    """The modules and files of one plugin's libraries.

    Args:
        libraries: have the sources.
        bytecode: returns the bytecode for a path and a source; b"" if there is none.
    """

    def __init__(self, libraries: Libraries, bytecode: Callable[[str, str], bytes]) -> None:
        self._libraries, self._bytecode = libraries, bytecode
        self._files: dict[str, None] = {}
        self._numbered: list[str] = []

    def find_module(self, name: str) -> WireModule | None:
        """Return a module, with its bytecode if there is any. Blocks to compile it the first time."""
        found = self._libraries.find_module(name)
        if found is None:
            return None
        if found.path not in self._files:
            self._files[found.path] = None
            self._numbered.append(found.path)
        bytecode = self._bytecode(found.path, found.source)
        return found.path, found.is_package, "" if bytecode else found.source, bytecode.decode("latin-1")

    def find_data(self, path: str) -> str | None:
        """Return a file inside a wheel, or of a package's metadata."""
        content = self._libraries.find_data(path)
        return None if content is None else content.decode("latin-1")

    def file(self, number: int) -> str:
        """Return the file of a module that was found."""
        return self._numbered[number - 1] if 1 <= number <= len(self._numbered) else ""
