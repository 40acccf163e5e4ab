"""Waiting for the effects of other threads and processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE = 0.005
"""Seconds between two checks."""
SLOWEST = 10.0
"""Most seconds that `soon` grants to a busy computer. What hangs in a test hangs for half a minute or more."""


def comes_true(condition: Callable[[], object], seconds: float) -> bool:
    """Whether `condition` becomes true within `seconds`. Returns as soon as it does."""
    latest, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() >= latest:
            return False
        pause.wait(PAUSE)
    return True


def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait for `condition`. Fails after `seconds`."""
    assert comes_true(condition, seconds), "it never came true"


@contextmanager
def soon(seconds: float = 1.5) -> Iterator[None]:
    """Fail if the block takes more than `seconds`, not counting time in which programs queued for a processor.

    What stops has to stop within a second, and a slow computer gets half a second more.
    At most `SLOWEST` seconds are not counted. Where the kernel does not tell how long programs queued, they are always
    granted.
    """
    began, queued_before = time.monotonic(), _queued_seconds()
    yield
    took = time.monotonic() - began
    queued = min(_queued_seconds() - queued_before, SLOWEST) if PRESSURE.exists() else SLOWEST
    assert took <= seconds + queued, f"{took:.2f} s; a busy computer explains {queued:.2f} s more than {seconds} s"


PRESSURE = Path("/proc/pressure/cpu")
"""Its first line: some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS (Documentation/accounting/psi.rst)."""


def _queued_seconds() -> float:
    """How long some program queued for a processor, since this computer started."""
    try:
        first, *_ = PRESSURE.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return int(first.rpartition("=")[2]) / 1e6
