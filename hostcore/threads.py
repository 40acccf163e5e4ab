"""Threads of the host, with one clear error if this computer or user allows no more of them."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostcore.errors import NoThreadError

MIB = 1 << 20
"""Bytes in a mebibyte."""
LONGEST_END_MS = 100
"""Milliseconds for which the end of a thread is awaited."""
SWITCH_INTERVAL = 0.0005
"""Seconds until a busy thread lets another one run (sys.setswitchinterval). Python's 5 ms would delay host calls."""
_LIMITS = (
    (resource.RLIMIT_NPROC, 1, "processes and threads of this user (ulimit -u)"),
    (resource.RLIMIT_AS, MIB, "MiB of address space (ulimit -v)"),
)
"""The limits of setrlimit(2) that can keep a thread from starting (pthread_create(3)), and their units."""


def switch_often() -> None:
    """Let busy threads of this process give way sooner."""
    sys.setswitchinterval(SWITCH_INTERVAL)


class HostThread(threading.Thread):
    """A daemon thread. One that could not start has ended: it can be joined.

    Args:
        run: its work.
        name: its name.
        arguments: the arguments of `run`.
    """

    def __init__(self, run: Callable[..., object], name: str, *arguments: Any) -> None:
        super().__init__(target=run, name=name, args=arguments, daemon=True)

    def start(self) -> None:
        """Start it. Returns at once.

        Raises:
            NoThreadError: no thread can be started. The message names the limits.
        """
        try:
            super().start()
        except RuntimeError as error:
            raise no_thread(self.name, error) from None

    def join(self, timeout: float | None = None) -> None:
        """Block until it has ended, for up to `timeout` seconds. Returns at once if it never started."""
        if self.ident is not None:
            super().join(timeout)


def require_threads(purpose: str, count: int) -> None:
    """Check that `count` more threads can start, before a library starts them that breaks if it cannot.

    Args:
        purpose: names the threads in the error.
        count: the number of threads, with some to spare for other threads that start at the same time.

    Raises:
        NoThreadError: that number of threads cannot be started.
    """
    release = threading.Event()
    probes = [HostThread(release.wait, purpose) for _ in range(count)]
    try:
        for probe in probes:
            probe.start()
    finally:
        release.set()
        for probe in probes:
            probe.join()
            _wait_for_kernel(probe)


def _wait_for_kernel(thread: HostThread) -> None:
    """Wait until the kernel does not count the thread any more, which is a moment after its end for Python."""
    for _ in range(LONGEST_END_MS):
        if thread.native_id is None or not Path(f"/proc/self/task/{thread.native_id}").exists():
            return
        time.sleep(0.001)


def is_no_thread(error: BaseException) -> bool:
    """Whether Python could not start a thread. It has no exception of its own for that."""
    return isinstance(error, RuntimeError) and "can't start new thread" in str(error)


def no_thread(name: str, error: RuntimeError) -> Exception:
    """The error for the start of the thread `name`, which ended in `error`. Returns any other error as it is."""
    if not is_no_thread(error):
        return error
    allowed = [
        f"{most // unit} {what}"
        for limit, unit, what in _LIMITS
        if (most := resource.getrlimit(limit)[0]) != resource.RLIM_INFINITY
    ]
    return NoThreadError(
        f"cannot start the thread {name}: this computer or user allows no more threads (the host has "
        f"{threading.active_count()}; allowed: {', '.join(allowed) or 'see TasksMax of the systemd unit'}). "
        "Raise the limit, end other programs, or run fewer plugins"
    )
