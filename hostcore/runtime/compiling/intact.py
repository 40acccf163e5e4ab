"""Compiled files with a digest at their end, so that a damaged one is found before it is mapped and run.

A compiled file is an ELF file (wasmtime's `Component.serialize`). What follows the parts that its header describes has
no meaning (System V ABI, Object Files), so the digest can follow there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostcore.files import write_whole
from hostcore.hashes import blake2b

DIGEST = 32
"""Bytes of the digest. BLAKE2b is the fastest one that Python has on a processor without instructions for SHA-2, such
as that of a Pi up to 4 (RFC 7693)."""
MAGIC = b"wasi-host digest"
"""Follows the digest, as the last bytes of the file."""
OWN = "-own"
"""End of the names of the host's own compiled components."""
BLOCK = 1 << 20
"""Bytes that are read at once."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def write_sealed(file: Path, content: bytes) -> None:
    """Write `content` and its digest completely or not at all.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    write_whole(file, content + blake2b(content, digest_size=DIGEST).digest() + MAGIC)


def is_intact(file: Path) -> bool:
    """Read the whole file and compare it with its digest. It takes 1 MiB of memory.

    Blocks: a Python runtime (37 MB) takes 0.06 s on a laptop. On a Pi Zero 2 W it takes likely 0.3 s, and an SD card
    of 23 MB/s takes 1.6 s to read the file after a boot.
    """
    end = len(MAGIC) + DIGEST
    try:
        with file.open("rb", buffering=0) as stream:
            left = os.fstat(stream.fileno()).st_size - end
            digest, block = blake2b(digest_size=DIGEST), memoryview(bytearray(BLOCK))
            while left > 0 and (count := stream.readinto(block[: min(BLOCK, left)])):
                digest.update(block[:count])
                left -= count
            return left == 0 and stream.read() == digest.digest() + MAGIC
    except OSError:
        return False


class IntactThisBoot:
    """Checks each file once for each start of the computer, and again if it changed.

    A card loses bits while it is off or between two reads. Reading all of a file at each start would take longer than
    the rest of the start, so the result is noted beside the file.

    Args:
        check: checks one file.
        boot: returns a text that each start of the computer changes; "" if there is none, and then no result is noted.
    """

    def __init__(self, check: Callable[[Path], bool] = is_intact, boot: Callable[[], str] | None = None) -> None:
        self._check, self._boot = check, boot or _boot

    def holds(self, file: Path, *, note: Path | None = None, check: Callable[[Path], bool] | None = None) -> bool:
        """Whether `file` equals its digest. Blocks like `is_intact` for the first time after a boot.

        Args:
            file: the file.
            note: where the result is noted; by default beside the file.
            check: checks this file, in place of the usual check.
        """
        note, state = note or note_of(file), self._state(file)
        if state and _noted(note) == state:
            return True
        if not (check or self._check)(file):
            note.unlink(missing_ok=True)
            return False
        _write_note(note, state)  # of before the check: what replaced the file meanwhile was not checked
        return True

    def note(self, file: Path) -> None:
        """Note that `file` is intact. A note that cannot be written means another check at the next start."""
        _write_note(note_of(file), self._state(file))

    def _state(self, file: Path) -> bytes:
        boot = self._boot()
        try:
            found = file.stat()
        except OSError:
            return b""
        return f"{boot} {found.st_dev} {found.st_ino} {found.st_size} {found.st_ctime_ns}".encode() if boot else b""


def note_of(file: Path) -> Path:
    """The note that says that `file` is intact. Its time is the time of the last use."""
    return file.with_suffix(".intact")


def _write_note(note: Path, state: bytes) -> None:
    if state:
        with suppress(OSError):
            write_whole(note, state)


def _noted(note: Path) -> bytes:
    try:
        return note.read_bytes()
    except OSError:
        return b""


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
