"""Fetches a plugin's libraries: resolves them with pip, checks their wheels, keeps these, and writes the lock.

A lock that fits the plugin is obeyed: exactly its wheels are fetched, from the person's indexes or else from the
addresses in the lock. piwheels, which Raspberry Pi OS uses beside PyPI, builds wheels of its own, whose hashes differ.
A wheel with another hash is never taken for the locked one. The person decides, with `upgrade`, to lock it instead.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hostcore.errors import FetchError, LockError, MetadataError, StoreError, WheelError
from hostcore.files import make_folder, read_bounded
from hostcore.libraries.libraries import open_libraries, open_together
from hostcore.libraries.lock import MOST_PACKAGES, Lock, LockedPackage, file_at, lock_path, read_lock, write_lock
from hostcore.libraries.metadata import ScriptMetadata, requirements, script_metadata
from hostcore.libraries.pip import PATIENCE, WHEELS, Pip, PipError, Run
from hostcore.libraries.report import Reported, ReportError
from hostcore.libraries.resolving import UnresolvableError, plan
from hostcore.libraries.store import WheelStore
from hostcore.libraries.wheel import LARGEST_WHEEL
from hostcore.libraries.wheel_name import package_of
from hostcore.workshop import Workshop

LARGEST_PLUGIN = 1 << 20
"""Bytes of a plugin's file, as in runtime/plugin_file.py."""
UNFINISHED = ".fetch-"
"""The start of the names of folders for a fetch under way, in the folder of wheels."""
_STALE_SECONDS = 3600.0
"""The age at which such a folder belongs to a process that was killed."""
Notice = Callable[[str], None]
"""Takes a line for a person."""


def plugin_metadata(path: Path) -> ScriptMetadata | None:
    """Read the metadata of a plugin's file; None if it has none.

    Raises:
        MetadataError: the file cannot be read, or its metadata is wrong.
    """
    try:
        source = read_bounded(path, LARGEST_PLUGIN).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(f"is not UTF-8 text (byte {error.start})", file=str(path)) from None
    except OSError as error:
        raise MetadataError(f"cannot be read: {error.strerror}", file=str(path)) from None
    return script_metadata(source, path.name)


def required_metadata(path: Path) -> ScriptMetadata:
    """Read the metadata of a plugin that has dependencies. Raises FetchError if it has none, and MetadataError."""
    metadata = plugin_metadata(path)
    if metadata is None or not metadata.dependencies:
        problem = (
            "names no dependencies; they stand in comments between the lines '# /// script' and '# ///' (PEP 723, see "
            "plugins/README.md)"
        )
        raise FetchError(problem, file=path.name)
    return metadata


def fetch_libraries(
    plugin: str,
    path: Path,
    store: WheelStore,
    workshop: Workshop,
    notice: Notice = lambda _line: None,
    *,
    upgrade: bool = False,
    patience: float = PATIENCE,
) -> Lock:
    """Fetch the libraries that a plugin's metadata names. Blocks for seconds, and for minutes on a slow network.

    Args:
        plugin: the plugin's name.
        path: its file. The lock is written beside it.
        store: takes the wheels.
        workshop: runs pip and takes its progress. `Workshop.stop` ends the fetch within a second.
        notice: takes a line about each package that is left out or will not work, and about a lock that is replaced.
        upgrade: whether to choose the newest versions, even if the lock fits.
        patience: seconds without progress after which pip is ended.

    Returns:
        The lock, whose wheels are all in the store.

    Raises:
        LibraryError: the metadata, an index, a package or the disk does not allow it. No lock is written then.
        BuildError: the workshop was stopped.
    """
    metadata = required_metadata(path)
    lock = None if upgrade else _fitting_lock(path, metadata, notice)
    missing = [each for each in lock.packages if not _is_kept(each, store)] if lock else []
    if lock is not None and not missing:
        return _usable(lock, plugin, path, store)
    try:
        with _folder_in(store) as folder:
            pip = Pip(folder, workshop, plugin, patience)
            if lock is None:
                return _fetched(path, metadata, pip, store, notice)
            _add_locked(plugin, missing, pip, store)
            open_libraries(lock, store)
            return lock
    except (PipError, ReportError, UnresolvableError, WheelError) as error:
        raise FetchError(str(error), file=path.name) from None
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", file=str(store.folder)) from None


def _fetched(path: Path, metadata: ScriptMetadata, pip: Pip, store: WheelStore, notice: Notice) -> Lock:
    """Resolve, download, check and keep everything, and write the lock last."""
    chosen = plan(requirements(metadata, path.name), pip)
    if len(chosen.packages) > MOST_PACKAGES:
        raise FetchError(f"needs {len(chosen.packages)} packages, allowed are {MOST_PACKAGES}", file=path.name)
    if chosen.packages:
        _require(pip.download(_pins(chosen.packages)))
    open_together(_downloaded(pip.folder))  # before any of them is kept
    urls = {each.name: each.url for each in chosen.packages}
    packages = [store.add(file, content, urls.get(package_of(file), "")) for file, content in _downloaded(pip.folder)]
    lock = Lock(metadata.dependencies, tuple(sorted(packages, key=lambda each: each.name)))
    write_lock(lock_path(path), lock)
    for line in chosen.notices:
        notice(line)
    return lock


def _add_locked(plugin: str, missing: Sequence[LockedPackage], pip: Pip, store: WheelStore) -> None:
    """Fetch exactly the wheels of a lock: from the person's indexes, or else from the addresses in the lock."""
    run = pip.download([f"{each.name}=={each.version} {_hash(each.sha256)}" for each in missing])
    # pip would build what does not end like a wheel.
    if not run.has_succeeded and all(file_at(each.url) == each.wheel for each in missing):
        at_address = pip.download([f"{each.name} @ {each.url} {_hash(each.sha256)}" for each in missing])
        run = at_address if at_address.has_succeeded else run
    if run.has_succeeded:
        for file, content in _downloaded(pip.folder):
            store.add(file, content)
    left = [each for each in missing if not _is_kept(each, store)]
    if left:
        raise PipError(_not_had(plugin, left, run))


def _not_had(plugin: str, missing: Sequence[LockedPackage], run: Run) -> str:
    if run.network_problem:
        return run.network_problem
    listed = ", ".join(f"{each.name} {each.version}" for each in missing[:5])
    return (
        f"no index has the locked wheels any more, or only others of the same version, as piwheels builds them: "
        f"{listed}. To lock what the index has now, run: wasi-host fetch {plugin} --upgrade"
    )


def _fitting_lock(path: Path, metadata: ScriptMetadata, notice: Notice) -> Lock | None:
    """Return the lock beside a plugin; None if it has to be made."""
    file = lock_path(path)
    if not file.exists():
        return None
    try:
        lock = read_lock(file)
    except LockError as error:
        notice(f"{error}; it is replaced")
        return None
    return lock if lock.dependencies == metadata.dependencies else None


def _usable(lock: Lock, plugin: str, path: Path, store: WheelStore) -> Lock:
    """Return a lock whose wheels are kept. Raises FetchError if they are not what it says: it may have been edited."""
    try:
        open_libraries(lock, store)
    except WheelError as error:
        raise FetchError(f"{error}; to choose anew, run: wasi-host fetch {plugin} --upgrade", file=path.name) from None
    return lock


def _is_kept(package: LockedPackage, store: WheelStore) -> bool:
    """Return whether the package's wheel is in the store, and undamaged."""
    try:
        store.read(package)
    except StoreError:
        return False
    return True


def _pins(packages: Sequence[Reported]) -> list[str]:
    """Return the lines that ask for exactly these wheels. pip refuses to check only some hashes."""
    has_hashes = all(each.sha256 for each in packages)
    return [f"{each.name}=={each.version}{f' {_hash(each.sha256)}' if has_hashes else ''}" for each in packages]


def _hash(sha256: str) -> str:
    return f"--hash=sha256:{sha256}"


def _require(run: Run) -> None:
    if not run.has_succeeded:
        raise PipError(run.network_problem or run.trace.last_error())


def _downloaded(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the file name and the content of each wheel that pip downloaded. Raises OSError."""
    for each in sorted((folder / WHEELS).iterdir()):
        yield each.name, read_bounded(each, LARGEST_WHEEL)


@contextmanager
def _folder_in(store: WheelStore) -> Iterator[Path]:
    """Make a context with an empty folder in the store, which is removed at the end. Raises OSError."""
    make_folder(store.folder)
    for each in store.folder.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):  # another fetch has just ended
            if each.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(each, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=store.folder, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
