"""The capacity of this computer for long work: its free memory, its speed, and estimates that follow from these.

The reference is the computer on which the constants were measured: one x86-64 core of a server, Python 3.11.
"""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path

from hostcore.files import write_whole
from hostcore.quick_dataclass import dataclass

REFERENCE_LOOP = 0.0163
"""CPU seconds of `_loop` on the reference."""
CPU_SECONDS_PER_MB = 0.75
"""CPU seconds for one MB of component on the reference. Cranelift took 12 to 17 s for a Python component (17.6 MB)."""
START_SECONDS = 0.4
"""CPU seconds until the compiler begins, on the reference."""
MOST_CORES = 4
"""Cores that the compiler can keep busy; a Pi has no more."""
MEMORY_BASE = 70_000_000
"""Bytes of memory for the smallest component."""
MEMORY_PER_BYTE = 18
"""Bytes of memory for each byte of a component. The Python runtime (24.5 MB, of which 10 are data) took 443 MB in all,
and failed with a limit of 440 MB (420 MiB). A Python component of 17.6 MB took 407 to 471 MB."""
_MEASURED_FROM = 1_000_000
"""Smallest component, in bytes, whose compiling says how fast this computer is."""
_SPEED = "compiling-speed"
"""File in the folder of compiled components: seconds for one MB at the last time."""
_PROC, _CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of what compiling a component takes on this computer."""

    seconds: float
    """Until it is done."""
    cpu_seconds: float
    """Of all cores together. Other programs that are busy do not change it."""
    memory: int
    """Bytes."""


def estimate(size: int, folder: Path) -> Estimate:
    """Estimate what it takes to compile a component of `size` bytes. Blocks for 0.02 s, on a small Pi for 0.3 s.

    Args:
        size: bytes of the component.
        folder: the folder of compiled components, which knows how long the last one took.
    """
    measured = _measured(folder)
    cores = min(MOST_CORES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    start, work = START_SECONDS * slowness(), CPU_SECONDS_PER_MB * slowness() * size / 1e6
    seconds = start + (work / cores if measured is None else measured * size / 1e6)
    return Estimate(seconds, start + work, MEMORY_BASE + MEMORY_PER_BYTE * size)


def remember(size: int, seconds: float, folder: Path) -> None:
    """Note how long it took to compile `size` bytes, for later estimates. A folder that is full is no error."""
    if size >= _MEASURED_FROM:
        try:
            write_whole(folder / _SPEED, f"{seconds / size * 1e6:.3f}\n".encode())
        except OSError:
            return


@cache
def slowness() -> float:
    """How many times longer this computer takes than the reference. Blocks for 0.02 s, on a small Pi for 0.3 s."""
    began = time.thread_time()
    _loop()
    return (time.thread_time() - began) / REFERENCE_LOOP


def free_memory() -> int | None:
    """Bytes that new work can take, with swap; None if that is unknown. It follows the limits of control groups.

    Sources: proc_meminfo(5); Documentation/admin-guide/cgroup-v2.rst.
    """
    try:
        lines = [line.split() for line in (_PROC / "meminfo").read_text(encoding="ascii").splitlines()]
        known = {name: int(value) * 1024 for name, value, *_ in lines}
        free = known["MemAvailable:"] + known["SwapFree:"]
    except (OSError, ValueError, KeyError):
        return None
    return min([free, *_free_in_groups()])


def _free_in_groups() -> list[int]:
    try:
        (line,) = [each for each in (_PROC / "self/cgroup").read_text().splitlines() if each.startswith("0::")]
    except (OSError, ValueError):
        return []
    group = _CGROUPS / line.removeprefix("0::").lstrip("/")
    return [free for each in (group, *group.parents) if (free := _free_in_group(each)) is not None]


def _free_in_group(group: Path) -> int | None:
    """Bytes until this group's limit. The kernel gives up the cache of files before it ends a process."""
    try:
        most = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
        cached = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return max(0, most - used + int(cached.get("inactive_file", 0)) + int(cached.get("active_file", 0)))
    except (OSError, ValueError):  # "max", or no such group
        return None


def _measured(folder: Path) -> float | None:
    try:
        seconds = float((folder / _SPEED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return seconds if 0.001 < seconds < 10_000 else None


def _loop() -> int:
    """Work like that of a compiler: small integers, branches and a table."""
    table = dict.fromkeys(range(256), 0)
    for each in range(100_000):
        key = (each * 31) & 255
        table[key] += 1 if each & 3 else 2
    return table[0]
