"""The folder of the recordings that were kept without a crash: at a stop of the host or of a plugin, and on request."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostcore.config.finding import name_of_settings, user_folder
from hostcore.config.model import Config
from hostcore.errors import RecordingError
from hostcore.files import Folder
from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass
from hostcore.recording.file import MOST_BYTES, SUFFIX

ASLEEP = ".asleep"
"""The suffix of the file of an instance that sleeps."""
_NAME = late_pattern(r"[a-z][a-z0-9_-]{0,31}(\.\d{8}T\d{6}Z)?\.(recording|asleep)", re.ASCII)


def _nothing(_bytes: int) -> None:
    """There are no others."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that was kept."""

    path: Path
    written_ns: int
    """When its file was written, nanoseconds since the Unix epoch."""
    size_bytes: int


def recording_folder_of(config: Config, shrink_others: Callable[[int], None] = _nothing) -> RecordingFolder:
    """Return the folder of the recordings of these settings, which no others share."""
    root = user_folder("XDG_STATE_HOME", ".local/state", "recordings")
    path = root / name_of_settings(config.path) if root else None
    return RecordingFolder(path, config.recording.disk_mib << 20, shrink_others)


class RecordingFolder:
    """Keeps recordings within a bound. For any thread. Every method blocks as long as the disk does.

    The newest recording of each plugin is ``NAME.recording``, and those that a person asked for have the time in their
    name. Files are replaced whole, and are not flushed: a stop must not wait for a slow SD card. A file that is cut
    when the power fails says so.

    Args:
        path: the folder, made with the first file for its owner alone; None if nothing is kept.
        most_bytes: how many bytes of files it has at most. The oldest are deleted first.
        shrink_others: deletes other recordings, which share the bound, down to a number of bytes.
    """

    def __init__(self, path: Path | None, most_bytes: int, shrink_others: Callable[[int], None] = _nothing) -> None:
        self.path, self._most_bytes, self._shrink_others = path, most_bytes, shrink_others
        self._lock = threading.Lock()

    def keep(self, plugin: str, recording: bytes, moment: str = "") -> Path:
        """Write a recording, and delete the oldest beyond the bound.

        Args:
            plugin: the plugin's name.
            recording: the content.
            moment: the time for its name, ``20260131T080000Z``; "" to replace the plugin's own file.

        Raises:
            RecordingError: there is no folder, it is full or cannot be written, or the recording is too large.
        """
        return self._write(f"{plugin}.{moment}{SUFFIX}" if moment else plugin + SUFFIX, recording)

    def newest(self, plugin: str) -> Kept | None:
        """Return the newest recording of a plugin; None if there is none."""
        kept = [each for each in self._files() if _plugin_of(each) == plugin and each.path.name.endswith(SUFFIX)]
        return max(kept, key=lambda each: each.written_ns, default=None)

    def size(self) -> int:
        """Return how many bytes its files have."""
        return sum(each.size_bytes for each in self._files())

    def put_to_sleep(self, plugin: str, content: bytes) -> None:
        """Write the file of an instance that sleeps. Raises like `keep`."""
        self._write(plugin + ASLEEP, content)

    def take_sleeping(self, plugin: str) -> bytes | None:
        """Remove the file of an instance that sleeps, and return its content; None if there is none, or it is taken.

        Only one caller in all processes gets it, so that no instance wakes twice.
        """
        if self.path is None:
            return None
        try:
            with self._lock, Folder.open(self.path) as folder:
                found = folder.stat(plugin + ASLEEP)
                if found is None:
                    return None
                mine = f"{plugin}.waking"
                folder.rename(plugin + ASLEEP, mine)
                try:
                    return folder.read(mine, MOST_BYTES)
                finally:
                    folder.remove(mine)
        except OSError:
            return None

    def _write(self, name: str, content: bytes) -> Path:
        if self.path is None:
            raise RecordingError(f"{name}: no folder is known for recordings: set HOME or XDG_STATE_HOME")
        if 2 * len(content) > self._most_bytes:
            raise RecordingError(
                f"{name} has {len(content):,} bytes, and {self._most_bytes // 2:,} are allowed "
                "(half of disk_mib in [recording] of host.toml)"
            )
        with self._lock:
            try:
                with Folder.open(self.path, create=0o700) as folder:
                    folder.remove_unfinished()
                    own = self._make_room(folder, name, len(content))
                    self._shrink_others(self._most_bytes - own)
                    folder.write(name, content, is_flushed=False)
            except OSError as error:
                raise RecordingError(
                    f"{self.path / name} cannot be written: {error.strerror or error}; make room there, or make it a "
                    "folder that you may write to"
                ) from error
        return self.path / name

    def _make_room(self, folder: Folder, newest: str, size: int) -> int:
        """Delete the oldest files, so that the newest has room in half of the bound. Returns the size of all then."""
        others = {name: folder.stat(name) for name in folder.names() if _is_ours(name) and name != newest}
        found = [(each.st_mtime_ns, name, each.st_size) for name, each in others.items() if each is not None]
        total = size + sum(each for _, _, each in found)
        for _, name, each in sorted(found):
            if 2 * total <= self._most_bytes:
                break
            folder.remove(name)
            total -= each
        return total

    def _files(self) -> list[Kept]:
        if self.path is None:
            return []
        found = list[Kept]()
        with suppress(OSError), Folder.open(self.path) as folder:
            for name in folder.names():
                if _is_ours(name) and (status := folder.stat(name)) is not None:
                    found.append(Kept(self.path / name, status.st_mtime_ns, status.st_size))
        return found


def _is_ours(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _plugin_of(kept: Kept) -> str:
    return kept.path.name.partition(".")[0]
