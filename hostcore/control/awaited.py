"""How a command finds the running host of its settings file, also if that has only just started."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hostcore.control.client import RunningHost, SilentHost, running_host_of
from hostcore.control.holder import present_holder
from hostcore.errors import HostError

START_SECONDS = 5.0
"""Seconds for which a host that has only just started may not listen yet."""
RETRY_SECONDS = 0.1
"""Seconds between two looks for it."""


def awaited_host(config: Path, silent: Callable[[SilentHost], object] = lambda _each: None) -> RunningHost | None:
    """Return the running host of these settings; None if there is none, or it does not answer.

    A host takes its lock when it starts and listens a moment later, on a busy computer after its first readings. So one
    that has the lock is awaited, for some seconds at most.

    Args:
        config: the settings file.
        silent: takes the hosts that do not answer, when the wait is over.
    """
    latest = time.monotonic() + START_SECONDS
    while True:
        unanswered: list[SilentHost] = []
        if host := running_host_of(config, unanswered.append):
            return host
        holder = None
        with suppress(HostError):  # nobody can tell; a host that starts warns of it
            holder = present_holder(config)
        if holder is None or time.monotonic() > latest:
            for each in unanswered:
                silent(each)
            return None
        time.sleep(RETRY_SECONDS)
