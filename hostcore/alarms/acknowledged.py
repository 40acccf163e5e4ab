"""The alarms that a person has seen, in a file: a restart of the host asks nobody again for what still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hostcore.files import Folder, read_bounded
from hostcore.quick_dataclass import dataclass

LARGEST_FILE = 1 << 18
"""The most bytes of the file that are read. It has a line for each acknowledged alarm of host.toml."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An alarm that a person has seen, and that was not cleared since."""

    sentence: str
    """What holds while it is raised, without the unit. If host.toml says something else now, it is another alarm."""
    time_ns: int
    """When a person acknowledged it, wall clock."""


class AcknowledgedFile:
    """The file. Its methods block as long as the disk does.

    Args:
        path: the file, which need not exist; None to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def read(self) -> dict[str, Acknowledged]:
        """Return the alarms by name; none if the file is missing or damaged."""
        try:
            found = json.loads(read_bounded(self._path, LARGEST_FILE)) if self._path else {}
            return {name: _acknowledged(**each) for name, each in found.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def write(self, alarms: Mapping[str, Acknowledged]) -> None:
        """Write the alarms, completely or not at all.

        Raises:
            OSError: the disk is full or the folder cannot be written; the file is unchanged.
        """
        if self._path is not None:
            content = {name: {"sentence": each.sentence, "time_ns": each.time_ns} for name, each in alarms.items()}
            with Folder.open(self._path.parent, create=0o700) as folder:
                folder.remove_unfinished()
                folder.write(self._path.name, json.dumps(content, indent=1).encode())


def _acknowledged(sentence: object, time_ns: object) -> Acknowledged:
    """Return a stored alarm. Raises ValueError if it is damaged."""
    if not (isinstance(sentence, str) and isinstance(time_ns, int) and time_ns > 0):
        raise ValueError("not an acknowledged alarm")
    return Acknowledged(sentence, time_ns)
