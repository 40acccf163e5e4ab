"""Limits and measures the memory of an emulated Pi: of all its processes together, and of the emulators that run them.

A cgroup does both, where this user may make one. Elsewhere the sum is measured, and all are ended if it is too much. A
limit for each process (RLIMIT_DATA) holds what grows faster than that. It is higher, because it also counts memory that
is never touched, such as most of the stacks of threads.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

MIB = 1 << 20
MAPPED = 4
"""How many times the limit a process may have, where no cgroup can be made: touched or not."""
INTERVAL = 0.1
"""Seconds between two measurements."""
_PR_SET_CHILD_SUBREAPER = 36
"""linux/prctl.h: orphans become children of this process, and so remain in its tree."""
_PROC = Path("/proc")
_names = count(1)


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory at one time, in bytes."""

    own: int
    """Memory that no file backs. The kernel cannot take it back."""
    with_files: int | None
    """Also what the kernel keeps of files, and gives up if somebody needs the memory; None if it is not known."""
    ended: int
    """How many processes were ended because there was no more."""

    def __str__(self) -> str:
        files = "" if self.with_files is None else f", {self.with_files / MIB:.0f} with cached files"
        return f"{self.own / MIB:.0f} MiB{files}"


class Room(Protocol):
    """A place for processes that have a limit together. Measures until it is left."""

    def command(self, command: Sequence[str]) -> list[str]:
        """Return a command that runs `command` in this place."""

    def look(self) -> None:
        """Measure once."""

    def leave(self) -> Peak:
        """End what still runs here, and return the peak."""


class CgroupRoom:
    """A cgroup of its own, of version 1 or 2.

    Args:
        parent: the cgroup of this process, below the mounted memory controller.
        limit: bytes for all processes together.

    Raises:
        OSError: this user may not make one, or it has no control of the memory.
    """

    def __init__(self, parent: Path, limit: int) -> None:
        self._folder = parent / f"wasi-host-pi-{os.getpid()}-{next(_names)}"
        self._folder.mkdir()
        self._is_v2 = (self._folder / "cgroup.controllers").exists()
        self._own = 0
        try:
            self._write("memory.max" if self._is_v2 else "memory.limit_in_bytes", limit)
            with suppress(OSError):  # a kernel without an account of swap
                self._write(*(("memory.swap.max", 0) if self._is_v2 else ("memory.memsw.limit_in_bytes", limit)))
        except OSError:
            self._folder.rmdir()
            raise

    def command(self, command: Sequence[str]) -> list[str]:
        return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', str(self._folder / "cgroup.procs"), *command]

    def look(self) -> None:
        found = self._numbers("memory.stat")
        names = ("anon", "shmem") if self._is_v2 else ("total_rss", "total_shmem")
        self._own = max(self._own, sum(found.get(name, 0) for name in names))

    def leave(self) -> Peak:
        with_files = self._number("memory.peak" if self._is_v2 else "memory.max_usage_in_bytes")
        ended = self._numbers("memory.events" if self._is_v2 else "memory.oom_control").get("oom_kill", 0)
        while pids := (self._folder / "cgroup.procs").read_text(encoding="ascii").split():
            for pid in pids:
                _end(int(pid))
            threading.Event().wait(INTERVAL)
        self._folder.rmdir()
        return Peak(self._own, with_files, ended)

    def _write(self, name: str, value: int) -> None:
        (self._folder / name).write_text(str(value), encoding="ascii")

    def _number(self, name: str) -> int | None:
        try:
            return int((self._folder / name).read_text(encoding="ascii"))
        except FileNotFoundError:  # memory.peak came with Linux 5.19
            return None

    def _numbers(self, name: str) -> dict[str, int]:
        lines = (self._folder / name).read_text(encoding="ascii").splitlines()
        return {key: int(value) for key, value in map(str.split, lines) if value.isdecimal()}


class MeasuredRoom:
    """A measured sum of all descendants of this process that run `program`.

    Args:
        program: the start of the name of the programs that count.
        limit: bytes for the sum.
    """

    def __init__(self, program: str, limit: int) -> None:
        _adopt_orphans(True)
        self._program, self._limit = program, limit
        self._own = self._ended = 0

    def command(self, command: Sequence[str]) -> list[str]:
        return ["sh", "-c", 'ulimit -d "$0" && exec "$@"', str(self._limit * MAPPED // 1024), *command]

    def look(self) -> None:
        found = [*self._processes()]
        sum_ = sum(size for _, size in found)
        self._own = max(self._own, sum_)
        if sum_ > self._limit:
            self._ended += len(found)
            for pid, _ in found:
                _end(pid)

    def leave(self) -> Peak:
        for pid, _ in self._processes():
            _end(pid)
        _adopt_orphans(False)
        return Peak(self._own, None, self._ended)

    def _processes(self) -> Iterator[tuple[int, int]]:
        """Yield each process and its own bytes."""
        for pid in _descendants(os.getpid()):
            with suppress(OSError):  # it has ended
                if (_PROC / str(pid) / "exe").readlink().name.startswith(self._program):
                    text = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
                    found = re.search(r"^Pss_Anon:\s+(\d+) kB", text, re.MULTILINE)
                    yield pid, int(found[1]) * 1024 if found else 0


def _descendants(pid: int) -> Iterator[int]:
    for file in _PROC.glob(f"{pid}/task/*/children"):
        with suppress(OSError):
            for child in map(int, file.read_text(encoding="ascii").split()):
                yield child
                yield from _descendants(child)


def _adopt_orphans(wish: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(wish))


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def make_room(limit: int, program: str = "qemu") -> Room:
    """Return a place for processes.

    Args:
        limit: bytes for all of them together.
        program: the start of the name of the programs that count, where no cgroup can be made.
    """
    for parent, _ in _own_cgroups():
        with suppress(OSError):
            return CgroupRoom(parent, limit)
    return MeasuredRoom(program, limit)


def how_limited() -> str:
    """Return in words how `make_room` limits the memory."""
    for parent, version in _own_cgroups():
        with suppress(OSError):
            CgroupRoom(parent, MIB).leave()
            return f"a cgroup (version {version}) holds all processes together to it"
    return "no cgroup can be made here: the sum of all processes is measured, and they are ended if it is more"


def _own_cgroups() -> Iterator[tuple[Path, int]]:
    """Yield where this process's cgroups with control of the memory may be (cgroups(7))."""
    for line in (_PROC / "self" / "cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield Path("/sys/fs/cgroup") / path.lstrip("/"), 2
        elif "memory" in controllers.split(","):
            yield Path("/sys/fs/cgroup/memory") / path.lstrip("/"), 1


class Watcher:
    """Measures a place on a thread of its own, until it is closed.

    Args:
        room: the place.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def close(self) -> Peak:
        """End what still runs there, and return the peak."""
        self._room.look()
        self._done.set()
        self._thread.join()
        return self._room.leave()

    def _watch(self) -> None:
        while not self._done.wait(INTERVAL):
            self._room.look()
