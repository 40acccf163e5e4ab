"""Looking at processes from outside and inside: when they print their first line, and what memory is theirs alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROLLUP, STATUS = Path("/proc/self/smaps_rollup"), Path("/proc/self/status")


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of this project in plain Python."""
    return [sys.executable, "-m", name, *arguments]


def environment() -> dict[str, str]:
    """This process's environment, but with compiled bytecode: every start but a machine's first has it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def first_line(command: Sequence[str]) -> tuple[float, str]:
    """Run `command` until it has printed a line: the seconds from before it was started, and the line.

    Raises:
        subprocess.CalledProcessError: it printed none.
    """
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.stdout.close()
    if not line:
        raise subprocess.CalledProcessError(process.returncode, command)
    return took, line


def private_bytes() -> int:
    """What this process would give back if it ended: its Private_Clean and Private_Dirty memory (proc(5), smaps)."""
    return _rollup("Private_Clean:") + _rollup("Private_Dirty:")


def dirty_bytes() -> int:
    """What this process alone has written to: Private_Dirty.

    Of a file that others map too, Private_Clean comes and goes with them.
    """
    return _rollup("Private_Dirty:")


def peak_bytes() -> int:
    """The most memory that this process ever had resident (proc(5), status, VmHWM)."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) << 10


def _rollup(field: str) -> int:
    lines = ROLLUP.read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(field))
