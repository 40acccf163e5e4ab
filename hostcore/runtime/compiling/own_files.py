"""Refuses compiled code that another user could have written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hostcore.errors import CacheError
from hostcore.files import Folder

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def own_folder(folder: Path) -> Path:
    """Create the folder for compiled code if it does not exist, and return its path without links.

    Raises:
        CacheError: it cannot be created, a link of another user leads to it, or others can write or replace it.
    """
    try:
        with Folder.open(folder, create=0o700) as opened:
            real = folder.resolve()
            if not os.path.samestat(os.fstat(opened.descriptor), real.lstat()):
                raise CacheError(f"{folder} was exchanged while it was opened; try again")
    except OSError as error:
        raise CacheError(
            f"{folder}: cannot make the folder for compiled components: {error.strerror}; set cache_folder in [host] "
            "of host.toml to another place"
        ) from None
    require_own(real)
    for parent in real.parents:
        require_trusted_parent(parent, real)
    return real


def require_own(path: Path) -> None:
    """Raise CacheError unless `path` belongs to the user, and nobody else can write it."""
    try:
        found = path.lstat()
    except OSError as error:
        raise CacheError(f"{path}: {error.strerror}") from None
    if found.st_uid != os.geteuid():
        raise CacheError(
            f"{path} belongs to user {found.st_uid}, not to you: compiled code runs only from your own files"
        )
    if found.st_mode & _OTHERS_WRITE:
        raise CacheError(
            f"{path} can be written by others (mode {stat.S_IMODE(found.st_mode):04o}): compiled code does not run "
            f"from there; make sure that nobody changed it and run chmod go-w on it, or remove it"
        )


def require_trusted_parent(parent: Path, folder: Path) -> None:
    """Raise CacheError if another user could replace `folder` through its parent."""
    found = parent.stat()
    if found.st_uid not in {0, os.geteuid()}:
        raise CacheError(
            f"{parent} belongs to user {found.st_uid}, who could replace {folder}: compiled code does not run from "
            "there; set cache_folder in host.toml to another place"
        )
    if found.st_mode & _OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
        raise CacheError(
            f"{parent} can be written by others, who could replace {folder}: compiled code does not run from there; "
            f"chmod go-w {parent}, or set cache_folder in host.toml to another place"
        )
