"""Waiting for the effects of other threads and processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PAUSE = 0.005
"""Seconds between two checks."""


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
