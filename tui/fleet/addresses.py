"""Remembers how ssh reaches the nodes of a fleet, so that a person types it once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hostcore.errors import ScreenMemoryError
from hostcore.files import Folder, read_bounded
from hostcore.strict_json import value_of
from tui.layouts.place import folder_of_user

NAME = "fleet.json"
LARGEST = 256 * 1024
"""The most bytes of the file."""
MOST = 1000
"""Addresses that are kept. The one that was used longest ago is forgotten first."""
LOCK_SECONDS = 1.0
"""How long another screen may take to write the file."""


class Addresses:
    """The computers of nodes, as ssh takes them. All methods can block as long as the disk does.

    A file that cannot be read is taken for an empty one.

    Args:
        folder: the folder of the file; None to remember nothing beyond this object.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[str, str] = dict(_content(folder)) if folder else {}

    @classmethod
    def of_user(cls) -> Addresses:
        """Return what this user's screens remember."""
        return cls(folder_of_user())

    def of(self, fleet: str, node: str) -> str:
        """Return the computer of a node; "" if it is not known.

        Args:
            fleet: the broker and the prefix. The same name can be another computer in another fleet.
            node: the node.
        """
        return self._known.get(_key(fleet, node), "")

    def remember(self, fleet: str, node: str, computer: str) -> None:
        """Remember the computer of a node, for the next time.

        Raises:
            ScreenMemoryError: the file cannot be written. It is known until the screen closes.
        """
        key = _key(fleet, node)
        if self._known.get(key) == computer:
            return
        self._known = _with(self._known, key, computer)
        if self._folder is not None:
            self._write(self._folder, key, computer)

    def _write(self, path: Path, key: str, computer: str) -> None:
        try:
            with Folder.open(path, create=0o700) as folder, folder.locked(LOCK_SECONDS):
                self._known = _with(_content(path), key, computer)  # another screen may have changed it
                folder.remove_unfinished()
                folder.write(NAME, json.dumps(self._known).encode())
        except OSError as error:
            where = f"{path / NAME}: {error.strerror or error}"
            raise ScreenMemoryError(
                f"the screen cannot remember this: {where}; make room or give access there"
            ) from error


def _key(fleet: str, node: str) -> str:
    return f"{fleet} {node}"


def _with(known: Mapping[str, str], key: str, computer: str) -> dict[str, str]:
    """Return the addresses with this one as the newest."""
    others = {name: value for name, value in known.items() if name != key}
    return dict([*others.items(), (key, computer)][-MOST:])


def _content(folder: Path) -> Mapping[str, str]:
    try:
        found = value_of(read_bounded(folder / NAME, LARGEST).decode())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}
