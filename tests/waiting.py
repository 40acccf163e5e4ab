"""Waiting for what other threads and processes bring about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PAUSE = 0.005
"""Seconds between two looks."""


def comes_true(condition: Callable[[], object], seconds: float) -> bool:
    """Whether `condition` holds within so many seconds; returns as soon as it does."""
    latest, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() >= latest:
            return False
        pause.wait(PAUSE)
    return True


def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait for `condition`."""
    assert comes_true(condition, seconds), "it never came true"
