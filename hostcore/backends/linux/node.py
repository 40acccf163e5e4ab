"""Device files of this machine: which there are, why one cannot be opened, and what a person can do about it."""

from __future__ import annotations

import errno
import grp
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostcore.errors import UnsupportedError

DEV = Path("/dev")
"""Where the device files are."""

_ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}  # Python prefers another name of the same number


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something cannot be used."""

    reason: str
    """What was found."""
    advice: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.reason}; {self.advice}"

    def error(self) -> UnsupportedError:
        """It, as the error of whoever wanted to use that something."""
        return UnsupportedError(str(self))


def text_in(path: Path) -> str:
    """The text in a file of /sys, without what surrounds it; "" where there is no such file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def suffixes(prefix: str) -> tuple[str, ...]:
    """What follows `prefix` in the names of all device files that start with it, in order."""
    try:
        names = sorted(path.name for path in DEV.iterdir())
    except OSError:
        return ()
    return tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def missing(path: Path, present: Sequence[str], advice: str) -> Trouble:
    """The trouble with a device file that does not exist.

    Args:
        path: the file.
        present: those of its kind that do exist.
        advice: how to get it.
    """
    others = f"there is {', '.join(present)}" if present else "nor is there another of its kind"
    return Trouble(f"{path} does not exist, {others}", advice)


def refusal(path: Path, error: OSError) -> Trouble:
    """The trouble with a device file that exists but does not open."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return Trouble(f"no permission for {path}", _membership(path))
    if error.errno in (errno.EBUSY, errno.EAGAIN):
        return Trouble(f"{path} is in use by another program", f"`sudo fuser -v {path}` names it; stop it")
    return Trouble(f"{path} does not open: {described(error)}", "`sudo dmesg` may say why")


def described(error: OSError) -> str:
    """What the kernel said, with the name that manuals use: ``Remote I/O error (EREMOTEIO)``."""
    name = _ERRNO_NAMES.get(error.errno or 0)
    return f"{error.strerror} ({name})" if name else str(error)


def _membership(path: Path) -> str:
    """How this person gets permission for a device file."""
    try:
        status = path.stat()
        group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        return "run as root"
    if status.st_gid == 0 or not status.st_mode & stat.S_IWGRP:
        return "only root may use it: run as root, or give it a group by a udev rule"
    return f"it belongs to the group {group}: `sudo usermod -aG {group} $USER`, then log out and in again"
