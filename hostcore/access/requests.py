"""Access requests: permissions that plugins needed and did not have. They are saved for ``wasi-host grant``."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from hostcore.config.finding import user_folder
from hostcore.config.values import check_plugin_name
from hostcore.files import Folder, read_bounded
from hostcore.permissions import I2cPermission, Permission, covers, parse_permission
from hostcore.quick_dataclass import dataclass, replace

MOST_REQUESTS = 64
"""How many different requests of one plugin are remembered."""
LARGEST_FILE = 1 << 20
"""The largest file of requests that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A permission that a plugin needed and does not have."""

    plugin: str
    """Its name."""
    permission: Permission
    """The permission that would have allowed the access."""
    count: int
    """How often the access was denied, at least."""


class AccessRequests:
    """The requests since the host started. Thread-safe.

    Args:
        config_path: the settings file of the host.
    """

    def __init__(self, config_path: Path) -> None:
        self._config_path = config_path
        self._counts: dict[str, dict[Permission, int]] = {}
        self._version = self._saved = 0
        self._lock = threading.Lock()

    def add(self, plugin: str, permission: Permission, count: int) -> None:
        """Remember that `plugin` was denied `permission` `count` times.

        A read and a write of the same I2C addresses become one request. A plugin has at most `MOST_REQUESTS` requests.
        """
        with self._lock:
            counts = self._counts.setdefault(plugin, {})
            known = next((each for each in counts if _joined(each, permission)), None)
            if known is not None:
                permission = _joined(known, permission) or permission
                count = max(count, counts.pop(known))
            elif len(counts) >= MOST_REQUESTS:
                return
            counts[permission] = count
            self._version += 1

    def drop(self, plugin: str, granted: Sequence[Permission]) -> None:
        """Forget the requests of `plugin` that these permissions cover."""
        with self._lock:
            counts = self._counts.get(plugin, {})
            self._counts[plugin] = {wanted: counts[wanted] for wanted in counts if not covers(granted, wanted)}
            self._version += 1

    def all(self) -> tuple[AccessRequest, ...]:
        """Return all requests, by plugin."""
        with self._lock:
            return tuple(
                AccessRequest(plugin, permission, count)
                for plugin, counts in self._counts.items()
                for permission, count in counts.items()
            )

    def save(self) -> None:
        """Save the requests for ``wasi-host grant`` if they have changed. Blocks until they are on the disk.

        For one thread at a time. Nothing is written if the home folder is not known.

        Raises:
            OSError: the disk is full or the folder cannot be written; the file is unchanged. The next call tries again.
        """
        version = self._version
        if version == self._saved:
            return
        file = requests_file(self._config_path)
        if file is not None:
            with Folder.open(file.parent, create=0o700) as folder:
                folder.remove_unfinished()
                folder.write(file.name, self._text().encode())
        self._saved = version

    def _text(self) -> str:
        listed = [[each.plugin, str(each.permission), each.count] for each in self.all()]
        return json.dumps({"config": os.path.realpath(self._config_path), "requests": listed}, indent=1)


def requests_file(config_path: Path) -> Path | None:
    """Return the file for the requests of hosts with this settings file; None if the home folder is not known."""
    from hashlib import sha256  # noqa: PLC0415 - an ordinary start saves no requests and should not wait for it

    key = sha256(os.fsencode(os.path.realpath(config_path))).hexdigest()[:32]
    folder = user_folder("XDG_STATE_HOME", ".local/state", "requests")
    return folder and folder / f"{key}.json"


def load_requests(config_path: Path) -> tuple[AccessRequest, ...]:
    """Return the requests that a host with this settings file saved last; none if their file is damaged."""
    file = requests_file(config_path)
    if file is None:
        return ()
    try:
        found = json.loads(read_bounded(file, LARGEST_FILE))
        if found["config"] != os.path.realpath(config_path):
            return ()
        return tuple(_request(*each) for each in found["requests"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()


def _request(plugin: object, permission: object, count: object) -> AccessRequest:
    """Return a saved request. Raises ValueError if it is damaged."""
    if not (isinstance(plugin, str) and isinstance(permission, str) and isinstance(count, int) and count > 0):
        raise ValueError("not a request")
    check_plugin_name(plugin)
    return AccessRequest(plugin, parse_permission(permission), count)


def _joined(known: Permission, other: Permission) -> Permission | None:
    """Return one permission for both if they concern the same place, otherwise None."""
    if known == other:
        return known
    if not (isinstance(known, I2cPermission) and isinstance(other, I2cPermission)):
        return None
    both = replace(known, read=known.read or other.read, write=known.write or other.write)
    return both if replace(both, read=other.read, write=other.write) == other else None
