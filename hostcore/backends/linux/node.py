"""Device files of this machine: which ones exist, why one cannot be opened, and what a person can do about it."""

from __future__ import annotations

import errno
import grp
import stat
from collections.abc import Sequence
from pathlib import Path

from hostcore.errors import UnsupportedError
from hostcore.quick_dataclass import dataclass

DEV = Path("/dev")
"""The folder of the device files."""

_ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}  # Python prefers another name of the same number


@dataclass(frozen=True, slots=True)
class Trouble:
    """A reason why a device cannot be used."""

    reason: str
    """The problem that was found."""
    advice: str
    """How a person can solve it."""

    def __str__(self) -> str:
        return f"{self.reason}; {self.advice}"

    def error(self) -> UnsupportedError:
        """The error to raise when the device is needed."""
        return UnsupportedError(str(self))


def text_in(path: Path) -> str:
    """The text of a file in /sys, without line breaks, spaces and zeros around it; "" if the file does not exist."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def suffixes(prefix: str) -> tuple[str, ...]:
    """The names of all device files that start with `prefix`, without the prefix, sorted."""
    try:
        names = sorted(path.name for path in DEV.iterdir())
    except OSError:
        return ()
    return tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def missing(path: Path, present: Sequence[str], advice: str) -> Trouble:
    """The trouble with a device file that does not exist.

    Args:
        path: the file.
        present: the device files of its kind that exist.
        advice: how a person can create it.
    """
    others = f"there is {', '.join(present)}" if present else "and there is no other of its kind"
    return Trouble(f"{path} does not exist, {others}", advice)


def refusal(path: Path, error: OSError) -> Trouble:
    """The trouble with a device file that exists but cannot be opened."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return Trouble(f"no permission for {path}", _membership(path))
    if error.errno in (errno.EBUSY, errno.EAGAIN):
        return Trouble(f"{path} is in use by another program", f"`sudo fuser -v {path}` names it; stop it")
    return Trouble(f"{path} does not open: {described(error)}", "`sudo dmesg` may say why")


def described(error: OSError) -> str:
    """The kernel's text for an error, with its name in manuals: ``Remote I/O error (EREMOTEIO)``."""
    name = _ERRNO_NAMES.get(error.errno or 0)
    return f"{error.strerror} ({name})" if name else str(error)


def _membership(path: Path) -> str:
    """How a person gets permission for a device file."""
    try:
        status = path.stat()
        group = grp.getgrgid(status.st_gid).gr_name
    except (OSError, KeyError):
        return "run as root"
    if status.st_gid == 0 or not status.st_mode & stat.S_IWGRP:
        return "only root may use it: run as root, or give it a group by a udev rule"
    return f"it belongs to the group {group}: `sudo usermod -aG {group} $USER`, then log out and in again"
