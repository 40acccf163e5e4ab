"""A plugin's file, read, checked and compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostcore.quick_dataclass import dataclass, field
from hostcore.runtime.compiled_cache import Compiled
from hostcore.runtime.linker import LinkedComponent
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.plugin_file import sha256_of

if TYPE_CHECKING:
    from hostcore.libraries.libraries import Libraries


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plugin's file, read, checked and compiled. Instances start in milliseconds, even if the file changes later."""

    spec: PluginSpec
    linked: LinkedComponent
    source: str | None
    """Source of a .py; None for a component."""
    compiled: Compiled
    """The plugin's compiled component; for a .py, the shared runtime's."""
    drivers: tuple[Prepared, ...] = ()
    """The host's own drivers that read sensors for the plugin."""
    libraries_key: str = ""
    """Changes with the versions of the plugin's libraries; "" if it has none."""
    code: str = field(default="", compare=False)
    """What the Python runtime made of `source`, one character for each byte; "" if it is short, or does not compile."""
    libraries: Libraries | None = field(default=None, compare=False)
    """The plugin's libraries; None if it has none."""

    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 of the plugin's file, and of its libraries."""
        content = self.compiled.source.sha256 if self.source is None else sha256_of(self.source.encode())
        return (sha256_of(f"{content} {self.libraries_key}".encode()) if self.libraries_key else content)[:12]
