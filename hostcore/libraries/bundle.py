"""Carries a plugin's libraries to a computer without a network: a folder with its lock and its wheels."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from hostcore.errors import FetchError, LockError, StoreError, WheelError
from hostcore.files import make_folder, read_bounded, write_whole
from hostcore.libraries.fetch import required_metadata
from hostcore.libraries.libraries import open_libraries, open_together
from hostcore.libraries.lock import DEPENDENCIES, Lock, LockedPackage, lock_path, lock_text, read_lock, write_lock
from hostcore.libraries.store import WheelStore
from hostcore.libraries.wheel import LARGEST_WHEEL


def export_libraries(plugin: str, path: Path, store: WheelStore, folder: Path) -> Lock:
    """Write a plugin's lock and wheels into a folder, which is created if need be. Blocks until they are on the disk.

    Args:
        plugin: the plugin's name.
        path: its file.
        store: the wheels that were fetched.
        folder: the folder. It can hold the libraries of many plugins.

    Returns:
        The lock.

    Raises:
        LibraryError: the libraries are not fetched, or the folder cannot be written. The lock is written last.
    """
    lock = _lock_for(path, lock_path(path), f"run: wasi-host fetch {plugin}")
    try:
        open_libraries(lock, store)
        make_folder(folder, 0o755)
        for package in lock.packages:
            write_whole(folder / package.wheel, store.read(package), mode=0o644)
        write_whole(folder / lock_path(path).name, lock_text(lock).encode(), mode=0o644)
    except StoreError as error:
        raise FetchError(f"{error}; run: wasi-host fetch {plugin}", file=path.name) from None
    except OSError as error:
        raise FetchError(f"cannot be written: {error.strerror}", file=str(folder)) from None
    return lock


def import_libraries(path: Path, store: WheelStore, folder: Path) -> Lock:
    """Take a plugin's lock and wheels from a folder. Uses no network. Blocks until they are on the disk.

    Args:
        path: the plugin's file. The lock is written beside it.
        store: takes the wheels.
        folder: the folder that `export_libraries` wrote.

    Returns:
        The lock.

    Raises:
        LibraryError: something is missing there, a wheel is not what the lock says, or the disk is full. No lock is
            written then.
    """
    exported = folder / lock_path(path).name
    if not exported.exists():
        remedy = f"on a computer with a network, run: wasi-host fetch {path.stem} --to FOLDER"
        raise FetchError(f"no such file; {remedy}", file=str(exported))
    lock = _lock_for(path, exported, "export it again")
    try:
        open_together((each.wheel, _read(each, folder)) for each in lock.packages)  # before any of them is kept
    except WheelError as error:
        raise FetchError(str(error), file=path.name) from None
    for each in lock.packages:
        store.add(each.wheel, _read(each, folder))
    write_lock(lock_path(path), lock)
    return lock


def _lock_for(path: Path, file: Path, remedy: str) -> Lock:
    """Read the lock of a plugin, which must be for its dependencies."""
    metadata = required_metadata(path)
    try:
        lock = read_lock(file)
    except LockError as error:
        raise FetchError(f"{error}; {remedy}", file=path.name) from None
    if lock.dependencies != metadata.dependencies:
        problem = f"is for other dependencies than {path.name} names; {remedy}"
        raise FetchError(problem, file=str(file), key=DEPENDENCIES)
    return lock


def _read(package: LockedPackage, folder: Path) -> bytes:
    """Read a wheel, which must be what the lock says."""
    path = folder / package.wheel
    try:
        content = read_bounded(path, LARGEST_WHEEL)
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}", file=str(path)) from None
    found = sha256(content).hexdigest()
    if found != package.sha256:
        raise FetchError(f"has the SHA-256 {found}, but the lock says {package.sha256}", file=str(path))
    return content
