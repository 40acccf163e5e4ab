"""The modules of a plugin's libraries, as its instance asks for them."""

from __future__ import annotations

from typing import Protocol


class Modules(Protocol):
    """Answers `find-module` and `find-data` of interface python-wire. Called on the plugin's own thread."""

    def find_module(self, name: str) -> tuple[str, bool, str, bytes] | None:
        """Return path, whether it is a package, source and bytecode of a module, by its full name."""

    def find_data(self, path: str) -> bytes | None:
        """Return a file, by its path inside the wheel."""


class NoModules:
    """Has no modules: the plugin has no libraries."""

    def find_module(self, _name: str) -> None:
        """Find nothing."""

    def find_data(self, _path: str) -> None:
        """Find nothing."""


NO_MODULES = NoModules()
