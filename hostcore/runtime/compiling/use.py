"""Which compiled files are in use, and whether a host died while it loaded one.

Both are locks (flock(2)) on files. The kernel gives up the locks of a process that dies, also by a signal. So a file
that is locked is in use, and a mark that nobody has locked was left behind by a host that died.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

from hostcore.files import take_lock


class FilesInUse:
    """The files that this process uses. Other processes can see that with `is_in_use`. Not thread-safe."""

    def __init__(self) -> None:
        self._held: dict[Path, int] = {}

    def hold(self, file: Path) -> bool:
        """Mark `file` as used until `release` or `close`. Returns whether the file exists."""
        held = self._held.get(file)
        if held is not None and _is_at(held, file):
            return True
        try:
            handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return False
        _share(handle)
        if not _is_at(handle, file):  # removed between the two calls
            os.close(handle)
            return False
        self._held[file] = handle
        if held is not None:
            os.close(held)
        return True

    def release(self, file: Path) -> None:
        """Give up `file`. Does nothing if it is not held."""
        held = self._held.pop(file, None)
        if held is not None:
            os.close(held)

    def close(self) -> None:
        """Give up all files."""
        while self._held:
            os.close(self._held.popitem()[1])


def is_in_use(file: Path) -> bool:
    """Whether a process uses `file`, or that cannot be found out."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return not _lock_alone(handle)
    finally:
        os.close(handle)


class LoadingMark:
    """The mark on disk that this process is loading a compiled file. A mark without a living process means a death.

    Args:
        path: the file of the mark.

    Attributes:
        found_dead: whether a process died while it loaded the file.
        was_compiled_again: whether that process had compiled the file again, because another one died before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found_dead = self.was_compiled_again = False
        self._handle = _create_locked(path)
        if self._handle is None:
            self._handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self.found_dead = _lock_alone(self._handle)
            self.was_compiled_again = self.found_dead and bool(os.pread(self._handle, 1, 0))
            _share(self._handle)

    def compiled_again(self) -> None:
        """Note that the file was compiled again because of the death."""
        self.found_dead = False
        if self._handle is not None:
            os.pwrite(self._handle, b"again", 0)

    def survived(self) -> None:
        """Remove the mark: the file was loaded, and this process lives."""
        self._path.unlink(missing_ok=True)
        self.leave()

    def leave(self) -> None:
        """End without a result. A death that nothing was done about stays marked."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class LoadingMarks:
    """The marks of a process, each under the file that is loaded. Thread-safe."""

    def __init__(self) -> None:
        self._marks, self._lock = dict[Path, LoadingMark](), threading.Lock()

    def __len__(self) -> int:
        """How many files of the process are marked."""
        with self._lock:
            return len(self._marks)

    def set(self, file: Path, mark: Path) -> LoadingMark | None:
        """Mark that `file` is being loaded. Returns None if `mark` cannot be written: then the digest must do."""
        with self._lock, suppress(OSError):
            if file not in self._marks:
                self._marks[file] = LoadingMark(mark)
            return self._marks[file]
        return None

    def survived(self, file: Path) -> None:
        """Remove the mark of `file`. Does nothing a second time."""
        with self._lock:
            mark = self._marks.pop(file, None)
        if mark is not None:
            mark.survived()

    def close(self) -> None:
        """Give up all marks: the process goes on without the files, or ends in good order."""
        with self._lock:
            while self._marks:
                _, mark = self._marks.popitem()
                if mark.found_dead:
                    mark.leave()
                else:
                    mark.survived()


def _create_locked(path: Path) -> int | None:
    """Create `path` such that nobody ever sees it without a lock. Returns None if it exists."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _share(handle)
        os.link(fresh, path)
    except FileExistsError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    finally:
        fresh.unlink(missing_ok=True)
    return handle


def _share(handle: int) -> None:
    """Lock a file as all do that use it. Blocks while a process looks whether it is alone."""
    with suppress(OSError):  # a file system without locks; then the file's age protects it
        fcntl.flock(handle, fcntl.LOCK_SH)


def _lock_alone(handle: int) -> bool:
    """Return whether nobody else uses the file. A file system without locks cannot tell, so the answer is no."""
    with suppress(OSError):
        return take_lock(handle)
    return False


def _is_at(handle: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), file.lstat())
    except OSError:
        return False
