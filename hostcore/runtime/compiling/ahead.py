"""Compiled files that were made ahead of time, elsewhere: that of the wheel, and those beside components.

A compiled file is native code, which runs with all rights of the host. So one that comes from elsewhere is used only if
its SHA-256 is known from a place that is trusted, and if nobody could have exchanged it since.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from hostcore.errors import CacheError
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.intact import BLOCK, IntactThisBoot
from hostcore.runtime.compiling.label import label_of, this_compiler
from hostcore.runtime.compiling.own_files import require_own, require_trusted_parent

CHECKED, TRYING = ".checked", ".trying"
"""Ends of the names in the folder of compiled components: the note that a file elsewhere was checked, and the mark that
a host is loading it."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A compiled file outside of the folder of compiled components."""

    file: Path
    expected: Callable[[], str]
    """Returns the SHA-256 that the file must have as 64 hex digits; "" if it is not known."""
    known_from: str
    """Where that SHA-256 is known from, for a person."""
    require_safe: Callable[[Path], None]
    """Raises CacheError unless only those can write the file who may."""
    pin: str = ""
    """The SHA-256, if a person changes it without changing the file: another one needs another check."""

    def differs(self) -> str:
        """Say that the file has another SHA-256."""
        return f"does not have the SHA-256 that is known from {self.known_from}"

    def key(self) -> str:
        """Names the file's notes. Several installations can share one folder of compiled components."""
        return f"ahead-{crc32(os.fsencode(self.file)):08x}{self.pin[:16]}"


def of_package(file: Path, code: Path, expected: Callable[[], str]) -> Ahead:
    """The compiled file of the installed package, which is as safe as the host's own Python code.

    Args:
        file: the compiled file.
        code: a file of the host's own Python code.
        expected: see `Ahead`.
    """
    return Ahead(file, expected, "the RECORD of the installed package", lambda path: _require_as_safe_as(code, path))


def beside(component: Path, machine: str, sha256: str) -> Ahead:
    """The compiled file beside a plugin's component, which host.toml allows by its SHA-256."""
    return Ahead(path_beside(component, machine), lambda: sha256, "compiled_sha256 in host.toml", _require_safe, sha256)


def path_beside(component: Path, machine: str) -> Path:
    """The compiled file of `component` for one kind of machine, such as ``light.aarch64.cwasm``."""
    return component.with_suffix(f".{machine}.cwasm")


class AheadFiles:
    """Checks compiled files of elsewhere, each once for each start of the computer.

    Args:
        folder: the folder of compiled components, where it is noted that a file was checked.
        intact: notes it.
    """

    def __init__(self, folder: Path, intact: IntactThisBoot) -> None:
        self._folder, self._intact = folder, intact

    def problem(self, ahead: Ahead, sha256: str) -> str:
        """Say why the file cannot be used for the component with this SHA-256; "" if it can.

        Blocks for a ms, and for the first time after a boot as long as it takes to read and hash the file: 0.1 s for a
        Python runtime (43 MB) on a laptop, and likely 2.5 s on a Pi Zero 2 W.
        """
        problem = problem_before_hashing(ahead, sha256)
        if problem:
            return problem
        note = self._folder / f"{ahead.key()}{CHECKED}"
        fits = self._intact.holds(ahead.file, note=note, check=lambda file: has_expected_content(ahead, file))
        return "" if fits else ahead.differs()

    def mark(self, ahead: Ahead) -> Path:
        """The path of the mark that the file is being loaded."""
        return self._folder / f"{ahead.key()}{TRYING}"


def problem_before_hashing(ahead: Ahead, sha256: str) -> str:
    """Like `AheadFiles.problem`, without the content of the file."""
    try:
        ahead.require_safe(ahead.file)
        label = label_of(ahead.file)
    except CacheError as error:
        return f"is not used: {_without_name(error, ahead.file)}"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if label is None:
        return "is not a compiled file of this host, or damaged"
    if label.sha256 != sha256:
        return "was compiled of another version of the component"
    if label.compiler != this_compiler():
        return (
            f"was made by another compiler ({label.compiler}; this host has {this_compiler()}: the size of wasmtime's "
            "library, the machine, the settings)"
        )
    return ""


def _without_name(error: CacheError, file: Path) -> str:
    """What is wrong, in a sentence that names the file already."""
    text, name = str(error), f"{file} "
    return f"it {text.removeprefix(name)}" if text.startswith(name) else text


def has_expected_content(ahead: Ahead, file: Path) -> bool:
    """Read the whole file, and compare its SHA-256. Blocks; see `AheadFiles.problem`."""
    expected = ahead.expected()
    return bool(expected) and sha256_of_file(file) == expected.lower()


def sha256_of_file(file: Path) -> str:
    """Hash a file in blocks, so that it takes 1 MiB of memory. Raises OSError."""
    from hashlib import sha256  # noqa: PLC0415 - an ordinary start hashes nothing

    digest, block = sha256(), memoryview(bytearray(BLOCK))
    with file.open("rb", buffering=0) as stream:
        while count := stream.readinto(block):
            digest.update(block[:count])
    return digest.hexdigest()


def _require_safe(path: Path) -> None:
    require_own(path)
    real = path.resolve()
    for parent in real.parents:
        require_trusted_parent(parent, real)


def _require_as_safe_as(code: Path, path: Path) -> None:
    """Raise CacheError if somebody can write `path` who cannot write `code`, which this process runs already."""
    found, runs = path.lstat(), code.stat()
    if not stat.S_ISREG(found.st_mode):
        raise CacheError(f"{path} is not an ordinary file")
    if found.st_uid not in {0, os.geteuid(), runs.st_uid}:
        raise CacheError(f"{path} belongs to user {found.st_uid}, and the host's code to user {runs.st_uid}")
    group_is_trusted = found.st_gid == runs.st_gid and runs.st_mode & stat.S_IWGRP
    if found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and not group_is_trusted):
        raise CacheError(
            f"{path} can be written by others (mode {stat.S_IMODE(found.st_mode):04o}); install the host again, or "
            "make sure that nobody changed it and run chmod go-w on it"
        )
