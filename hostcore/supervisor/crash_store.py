"""Crash reports as files, one for each crash. The oldest are deleted."""

from __future__ import annotations

import errno
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hostcore.clock import NS_PER_S
from hostcore.errors import CrashStoreError
from hostcore.events import CrashReport
from hostcore.events.event_json import from_json, to_json
from hostcore.files import Folder
from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import dataclass
from hostcore.recording.file import MOST_BYTES, SUFFIX

MAX_FILE = 8 << 20
"""Bytes of the largest file that is read; a report has 3 MB at most."""
WITHOUT = "none was made, or it was deleted to make room for newer ones ([recording] in host.toml)"
"""Why a crash report can be without a recording."""
_NAME = late_pattern(r"\d{8}T\d{6}\.\d{9}Z-[\w-]{1,64}-\w{1,16}\.json", re.ASCII)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as a list shows it."""

    path: Path
    """Its file."""
    time_ns: int
    """When the plugin died, nanoseconds since the Unix epoch."""
    plugin: str
    """Its name, as the file says: not yet fit for a terminal."""
    kind: str
    """A `hostcore.hostcall.CrashKind`, as the file says."""
    problem: str
    """One line in plain words, as the file says."""
    recording: Path | None = None
    """The recording of the crash; None if there is none, or it was deleted to make room."""


@dataclass(frozen=True, slots=True)
class _Head:
    time_ns: int
    plugin: str
    kind: str
    problem: str


class CrashStore:
    """The folder of crash reports. For any thread; every method blocks as long as the disk does.

    Args:
        folder: made when the first report comes, for its owner alone.
        kept: how many reports stay, 1 and up.
        recorded_bytes: how many bytes of recordings stay.
        others: returns how many of these bytes other recordings take, at most half.
    """

    def __init__(self, folder: Path, kept: int, recorded_bytes: int = 0, others: Callable[[], int] = lambda: 0) -> None:
        self.folder = folder
        self._kept, self._recorded_bytes, self._others = kept, recorded_bytes, others
        self._lock = threading.Lock()

    def save(self, report: CrashReport) -> Path:
        """Write `report` to a new file, whole or not at all, and delete the oldest reports beyond `kept`.

        Raises:
            CrashStoreError: the folder is full or cannot be written.
        """
        content = _content(report)
        with self._lock:
            try:
                with Folder.open(self.folder, create=0o700) as folder:
                    name = _unused(folder, report)
                    folder.write(name, content)
                    self._prune(folder, name)
            except OSError as error:
                raise self._unwritable(report.plugin, error) from error
        return self.folder / name

    def save_recording(self, report: Path, recording: bytes) -> Path | None:
        """Write the recording of a crash beside its report, whole or not at all, and delete the oldest recordings.

        A search for the place of a crash can end long after it. If a person has deleted the report meanwhile, its
        recording does not come back.

        Args:
            report: the file of the report.
            recording: the file of the recording, with the report in it.

        Returns:
            Its file; None if the report was deleted.

        Raises:
            CrashStoreError: the folder is full or cannot be written, or the recording is larger than all may be.
        """
        allowed = self._recorded_bytes - self._others()
        if len(recording) > allowed:
            raise CrashStoreError(
                f"the recording of a crash has {len(recording):,} bytes, and {allowed:,} are allowed for "
                "all (disk_mib in [recording] of host.toml)"
            )
        path = report.with_suffix(SUFFIX)
        with self._lock:
            try:
                with Folder.open(self.folder) as folder:
                    if folder.stat(report.name) is None:
                        return None
                    self._make_room(folder, path.name, allowed - len(recording))
                    folder.write(path.name, recording)
                    if folder.stat(report.name) is None:  # deleted while it was written
                        folder.remove(path.name)
                        return None
            except FileNotFoundError:
                return None
            except OSError as error:
                raise CrashStoreError(f"the recording {path} cannot be written: {error.strerror or error}") from error
        return path

    def replace(self, path: Path, report: CrashReport) -> None:
        """Put `report` in place of the one in `path`, whole or not at all. Does nothing if the file was deleted.

        Raises:
            CrashStoreError: the folder is full or cannot be written; the file is as it was.
        """
        content = _content(report)
        with self._lock:
            try:
                with Folder.open(path.parent) as folder:
                    if folder.stat(path.name) is not None:
                        folder.write(path.name, content)
            except FileNotFoundError:
                return
            except OSError as error:
                raise self._unwritable(report.plugin, error) from error

    def reports(self) -> tuple[StoredReport, ...]:
        """All reports, the newest first. Files that hold no report are left out.

        Raises:
            CrashStoreError: the folder cannot be read.
        """
        return tuple(self._readable())

    def recording(self, plugin: str, time_ns: int) -> bytes:
        """Return the recording of a crash, as a file.

        Args:
            plugin: the plugin that crashed.
            time_ns: when it did, `CrashReport.time_ns`.

        Raises:
            CrashStoreError: there is none, or it cannot be read.
        """
        with suppress(ValueError, OverflowError):
            for path in self._files(_moment(time_ns)):
                with suppress(OSError, ValueError):  # deleted in the meantime, damaged, or not ours
                    head = from_json(_Head, _parsed(path))
                    if (head.plugin, head.time_ns) == (plugin, time_ns):
                        return self._recording_beside(path)
        raise CrashStoreError(f"there is no report of this crash of {plugin} any more in {self.folder}")

    @staticmethod
    def _recording_beside(report: Path) -> bytes:
        path = report.with_suffix(SUFFIX)
        try:
            with Folder.open(path.parent) as folder:
                return folder.read(path.name, MOST_BYTES)
        except FileNotFoundError:
            raise CrashStoreError(f"the crash report {report} has no recording beside it (yet): {WITHOUT}") from None
        except (OSError, ValueError) as error:
            raise CrashStoreError(f"{path}: {getattr(error, 'strerror', None) or error}") from None

    @staticmethod
    def load(path: Path) -> CrashReport:
        """The report in a file.

        Raises:
            CrashStoreError: it does not exist, cannot be read, or holds no report.
        """
        try:
            return from_json(CrashReport, _parsed(path))
        except OSError as error:
            raise CrashStoreError(f"the crash report {path} cannot be read: {error.strerror or error}") from None
        except ValueError as error:
            raise CrashStoreError(f"{path} is no crash report, or a damaged one: {error}") from None

    def _readable(self) -> Iterator[StoredReport]:
        for path in reversed(self._files()):
            with suppress(OSError, ValueError):  # deleted in the meantime, damaged, or not ours
                head = from_json(_Head, _parsed(path))
                recording = path.with_suffix(SUFFIX)
                known = recording if recording.is_file() else None
                yield StoredReport(path, head.time_ns, head.plugin, head.kind, head.problem, known)

    def _files(self, beginning: str = "") -> list[Path]:
        """The files that are named like reports, and whose names begin so, the oldest first."""
        try:
            found = (path for path in self.folder.iterdir() if path.name.startswith(beginning))
            return sorted(path for path in found if _NAME.fullmatch(path.name))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CrashStoreError(
                f"the folder of crash reports {self.folder} cannot be read: {error.strerror}; "
                "allow it, or name another one as folder of [crashes] in host.toml"
            ) from None

    def _prune(self, folder: Folder, newest: str) -> None:
        """Delete the oldest reports. A file that cannot be deleted is no problem for the new report.

        The newest stays even if its time is the oldest: a Pi that starts without a network does not know the time.
        """
        with suppress(OSError):
            others = sorted(name for name in folder.names() if _NAME.fullmatch(name) and name != newest)
            for name in others[: max(0, len(others) - self._kept + 1)]:
                folder.remove(name)
                folder.remove(Path(name).with_suffix(SUFFIX).name)
        folder.remove_unfinished()

    def shrink_recordings(self, most_bytes: int) -> None:
        """Delete the oldest recordings until the rest is small enough. Those that cannot be deleted stay."""
        with suppress(OSError), self._lock, Folder.open(self.folder) as folder:
            self._make_room(folder, "", most_bytes)

    def _make_room(self, folder: Folder, newest: str, most_bytes: int) -> None:
        """Delete the oldest recordings until the others than `newest` have at most so many bytes."""
        recordings = (name for name in folder.names() if name.endswith(SUFFIX) and _NAME.fullmatch(_report_of(name)))
        others = sorted(name for name in recordings if name != newest)
        sizes = {name: found.st_size for name in others if (found := folder.stat(name)) is not None}
        for name in others:
            if sum(sizes.values()) <= most_bytes:
                return
            folder.remove(name)
            sizes.pop(name, None)

    def _unwritable(self, plugin: str, error: OSError) -> CrashStoreError:
        remedy = "make room there" if error.errno in _FULL else "make it a folder that you may write to"
        return CrashStoreError(
            f"the crash report of {plugin} cannot be written to {self.folder}: {error.strerror or error}; "
            f"{remedy}, or name another one as folder of [crashes] in host.toml"
        )


def _report_of(recording: str) -> str:
    """The name of the report that a recording belongs to."""
    return Path(recording).with_suffix(".json").name


def _unused(folder: Folder, report: CrashReport) -> str:
    """Return a name that no file in the folder has."""
    time_ns = report.time_ns
    while folder.stat(name := _name(time_ns, report)) is not None:
        time_ns += 1
    return name


def _content(report: CrashReport) -> bytes:
    return json.dumps(to_json(report), indent=1).encode()


def _name(time_ns: int, report: CrashReport) -> str:
    plugin = re.sub(r"[^A-Za-z0-9_-]", "_", report.plugin)[:64] or "_"
    kind = re.sub(r"[^a-z]", "_", report.kind)[:16] or "_"
    return f"{_moment(time_ns)}.{time_ns % NS_PER_S:09d}Z-{plugin}-{kind}.json"


def _moment(time_ns: int) -> str:
    """The beginning of the names of all reports of a second."""
    return f"{_EPOCH + timedelta(seconds=time_ns // NS_PER_S):%Y%m%dT%H%M%S}"


def _parsed(path: Path) -> Any:
    """The JSON in a file. The file can be anything: an endless pipe, a link to a device, megabytes of brackets.

    Raises:
        OSError: it cannot be read, is not an ordinary file, or is too large.
        ValueError: it is no JSON file.
    """
    with Folder.open(path.parent) as folder:
        content = folder.read(path.name, MAX_FILE)
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
