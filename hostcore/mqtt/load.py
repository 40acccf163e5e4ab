"""What this process and its computer need at the moment."""

from __future__ import annotations

import os

from hostcore.private_memory import private_bytes

MIB = 1 << 20


def load() -> float | None:
    """Return the load average of the last minute for each processor; None if it is not known."""
    try:
        return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)
    except OSError:
        return None


def private_mib() -> float | None:
    """Return the memory of this process that no other shares, MiB; None if it is not known. Takes a millisecond."""
    found = private_bytes()
    return None if found is None else round(found / MIB, 1)
