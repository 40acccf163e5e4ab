"""The memory of this process, for tests of what a plugin makes the host allocate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
_SELF = Path("/proc/self")


@dataclass
class Growth:
    """By how many bytes the resident memory grew during a block: at its peak, and at its end."""

    peak: int = 0
    kept: int = 0


@contextmanager
def growth() -> Iterator[Growth]:
    """Measure the growth of this process during the block (proc(5): clear_refs resets VmHWM)."""
    grown = Growth()
    (_SELF / "clear_refs").write_text("5")
    before = _kib("VmRSS")
    try:
        yield grown
    finally:
        grown.peak, grown.kept = ((_kib(each) - before) * 1024 for each in ("VmHWM", "VmRSS"))


def _kib(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", (_SELF / "status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])
