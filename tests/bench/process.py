"""Measures processes: when they print their first line, and their private memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hostcore.runtime import guest_memory

STATUS, SMAPS = Path("/proc/self/status"), Path("/proc/self/smaps")
MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+ *(.*)")
STACK_BYTES = 8 << 20
"""Address space of a thread's stack."""


def module(name: str, *arguments: str) -> list[str]:
    """Command that runs a module of this project in plain Python."""
    return [sys.executable, "-m", name, *arguments]


def environment() -> dict[str, str]:
    """This process's environment, but with compiled bytecode. Only a machine's first start lacks it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def first_line(command: Sequence[str]) -> tuple[float, str]:
    """Run `command` until it prints a line. Returns the seconds since its start, and the line.

    Raises:
        subprocess.CalledProcessError: it printed no line.
    """
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=environment()) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.stdout.close()
        if not line:
            code = process.wait()
            complaints.seek(0)
            raise subprocess.CalledProcessError(code, command, stderr=complaints.read().decode())
    return took, line


def processor_seconds(command: Sequence[str]) -> float:
    """Run `command` to its end. Returns the processor time that it took, which other work changes little."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


def cpu_seconds(process: int) -> float:
    """User and system time of a running process, by its PID (proc(5), stat, fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def private_bytes(process: int | None = None) -> int:
    """Memory that the end of a process would free: Private_Clean and Private_Dirty (proc(5), smaps).

    Args:
        process: its PID; None for this process.
    """
    return clean_bytes(process) + dirty_bytes(process)


def dirty_bytes(process: int | None = None) -> int:
    """Memory that only this process has written to, or the one with a PID: Private_Dirty.

    Private_Clean depends on other processes that map the same file.
    """
    return _rollup("Private_Dirty:", process)


def dirty_by_kind() -> dict[str, int]:
    """`dirty_bytes`, divided by what the memory is for.

    The objects of the host are those of Python, and what libraries allocate.
    """
    found = dict.fromkeys(("the memory of the guest", "the stack of its thread", "objects of the host", "files"), 0)
    guest, stack, objects, files = found
    memories = guest_memory._memories().values()
    for line in SMAPS.read_text().splitlines():
        if match := MAPPING.match(line):
            place, path = range(int(match[1], 16), int(match[2], 16)), match[3]
            kind = files if path.startswith("/") else stack if len(place) == STACK_BYTES else objects
            kind = guest if any(place.start in memory for memory in memories) else kind
        elif line.startswith("Private_Dirty:"):
            found[kind] += int(line.split()[1]) << 10
    return found


def clean_bytes(process: int | None = None) -> int:
    """Memory that only a process has mapped from files, unchanged: Private_Clean. The system can drop it."""
    return _rollup("Private_Clean:", process)


def peak_bytes() -> int:
    """Peak of this process's resident memory (proc(5), status, VmHWM)."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) << 10


def _rollup(field: str, process: int | None = None) -> int:
    lines = Path(f"/proc/{process or 'self'}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(field))
