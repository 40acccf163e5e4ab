"""The memory that a process shares with no other: what its end would free."""

from __future__ import annotations

from pathlib import Path


def private_bytes(process: int | str = "self") -> int | None:
    """Return the private memory of a process, in bytes; None if it is not known. Takes a millisecond.

    Source: proc(5), smaps_rollup, in KiB.

    Args:
        process: its number; this process if none is given.
    """
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_"))
    except (OSError, ValueError, IndexError):
        return None
