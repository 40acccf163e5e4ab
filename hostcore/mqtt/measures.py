"""What this process and its computer need at the moment."""

from __future__ import annotations

import os
from pathlib import Path

MIB = 1 << 20


def load() -> float | None:
    """Return the load average of the last minute for each processor; None if it is not known."""
    try:
        return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)
    except OSError:
        return None


def private_mib() -> float | None:
    """Return the memory of this process that no other shares, MiB; None if it is not known. Takes a millisecond.

    Source: proc(5), smaps_rollup, in KiB.
    """
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
        return round(sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_")) / MIB, 1)
    except (OSError, ValueError, IndexError):
        return None
