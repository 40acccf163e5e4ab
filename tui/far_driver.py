"""A copy of a driver that is on another computer, for an editor on this one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hostcore.config.values import check_plugin_name
from hostcore.errors import HostError
from hostcore.events.facts import DriverFile
from hostcore.files import read_bounded
from hostcore.session import Session

MOST_BYTES = 1 << 20
"""The most bytes of a saved copy that are read. The host takes fewer."""


class FarDriver:
    """The copy. Nobody else can read it.

    Args:
        session: the host, which takes the new text.
        plugin: the plugin's name, as that host spells it.
        found: the driver's file there.

    Attributes:
        plugin: as above.
        file: the copy, with the plugin's name, in a folder of its own.

    Raises:
        HostError: no plugin can have this name, or the copy cannot be written.
    """

    def __init__(self, session: Session, plugin: str, found: DriverFile) -> None:
        self._session, self.plugin, self._found = session, plugin, found
        try:
            name = f"{check_plugin_name(plugin)}.py"
        except ValueError as rule:
            raise HostError(f"no plugin can have the name {plugin!r}; allowed is {rule}") from None
        try:
            self.file = Path(tempfile.mkdtemp(prefix="wasi-host-")) / name
            self.file.write_bytes(self._found.text.encode(errors="replace"))
        except OSError as error:
            raise HostError(f"no copy of {plugin} can be written here: {error}") from None

    @property
    def has_changed(self) -> bool:
        """Whether the editor saved another text. A copy that cannot be read has changed: `send_back` says why."""
        try:
            return self._text() != self._found.text
        except HostError:
            return True

    def send_back(self) -> None:
        """Replace the driver's file there, and remove the copy. Blocks for seconds at most.

        Raises:
            HostError: the host does not take it, or it cannot be read. The copy stays, and the message says where.
        """
        try:
            self._session.replace_driver(self.plugin, self._found.sha256, self._text())
        except HostError as error:
            raise HostError(f"{error}. Your text is kept in {self.file}") from None
        self.remove()

    def remove(self) -> None:
        """Remove the copy, and what the editor left beside it."""
        shutil.rmtree(self.file.parent, ignore_errors=True)

    def _text(self) -> str:
        try:
            return read_bounded(self.file, MOST_BYTES).decode()
        except OSError as error:
            raise HostError(f"{self.file}: {error.strerror or error}") from None
        except UnicodeDecodeError as error:
            raise HostError(f"{self.file} is not UTF-8 text (byte {error.start})") from None
