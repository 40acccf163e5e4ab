"""Work that takes seconds: done in a process of its own, with its progress, and stopped on demand."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from hostcore.errors import BuildError, OverdueError, StalledError
from hostcore.quick_dataclass import dataclass

POLL = 0.1
"""Seconds between two checks of the running work."""
NICE = 10
"""Nice value of long work: running plugins go first."""
FIRST_TO_END = "1000"
"""The highest oom_score_adj. The kernel ends long work first if memory runs out (proc_pid_oom_score_adj(5))."""
_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


class Progress(Protocol):
    """Takes the progress of long work. It is called on the thread that does the work."""

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """`task` has run for `elapsed` of about `expected` seconds. Both are 0 at its end."""


def no_progress(task: str, elapsed: float, expected: float) -> None:
    """Ignore the progress."""


def about(seconds: float) -> str:
    """Return a duration for a person, such as ``about 40 s`` or ``about 6 min``."""
    return f"about {max(1, seconds):.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"


def spent(elapsed: float, expected: float) -> str:
    """Return for a person how long work has taken, beside an estimate that may have been wrong."""
    return f"{elapsed:.0f} s {'of' if elapsed <= expected else 'instead of'} {about(expected)}"


def be_modest(memory: int | None = None, cpu_seconds: int | None = None, file_size: int | None = None) -> None:
    """Keep this process from harming the others. A process that does long work calls this first.

    It gets a low priority, it is the first that the kernel ends if memory runs out, and it ends with its parent.

    Args:
        memory: the most bytes of data that it may have (RLIMIT_DATA, getrlimit(2)); None for no limit.
        cpu_seconds: the most seconds of processor time; then SIGXCPU ends it. None for no limit.
        file_size: the most bytes of each file that it writes; then a write fails with EFBIG. None for no limit.
    """
    os.nice(NICE)
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only this process needs it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # no /proc
            Path("/proc/self/oom_score_adj").write_text(FIRST_TO_END, encoding="ascii")
    limits = (("RLIMIT_DATA", memory), ("RLIMIT_CPU", cpu_seconds), ("RLIMIT_FSIZE", file_size))
    for limit, most in limits:
        if most is not None:
            import resource  # noqa: PLC0415

            resource.setrlimit(getattr(resource, limit), (most, most))


@dataclass(frozen=True)
class Watch:
    """How to see whether long work gets on."""

    seen: Callable[[], object]
    """Returns something that changes while the work gets on. It is called every `POLL` seconds."""
    patience: float
    """Seconds without a change after which the work is ended."""


class _Standstill:
    """Raises StalledError when work has not got on for too long."""

    def __init__(self, task: str, watch: Watch) -> None:
        self._task, self._watch = task, watch
        self._last: object = None
        self._changed = 0.0

    def __call__(self, elapsed: float) -> None:
        seen = self._watch.seen()
        if seen != self._last:
            self._last, self._changed = seen, elapsed
        elif elapsed - self._changed > self._watch.patience:
            raise StalledError(f"{self._task} was ended: nothing happened for {self._watch.patience:.0f} s")


class Workshop:
    """Runs long work, each task in a process of its own. A process can be stopped, and its memory is free when it ends.

    Args:
        progress: takes the progress of each task.
        at_once: how many tasks run at the same time. The others wait.
    """

    def __init__(self, progress: Progress = no_progress, at_once: int = 1) -> None:
        self._progress = progress
        self._stop = threading.Event()
        self._places = threading.Semaphore(at_once)

    def stop(self) -> None:
        """End the running work and refuse further work. Returns at once."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def run(
        self,
        task: str,
        command: Sequence[str],
        folder: Path,
        expected: float,
        *,
        limit: float | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Run `command` in `folder`. Blocks until it ends, and before that until other tasks have ended.

        Args:
            task: describes the work for a person.
            command: program and arguments.
            folder: the working directory.
            expected: how many seconds it takes, about.
            limit: the most seconds that it may take; None for no limit.
            watch: how to see whether it gets on; None not to look.

        Raises:
            StalledError: it did not get on, as `watch` tells, and was ended.
            OverdueError: it took longer than `limit`, and was ended.
            BuildError: the command failed, could not start, or was stopped; the message ends with its last output.
        """
        with self._place(task):
            self._run(task, command, folder, expected, limit=limit, watch=watch)

    @contextmanager
    def _place(self, task: str) -> Iterator[None]:
        while not self._places.acquire(timeout=POLL):
            self._refuse_if_stopped(task)
        try:
            self._refuse_if_stopped(task)
            yield
        finally:
            self._places.release()

    def _refuse_if_stopped(self, task: str) -> None:
        if self._stop.is_set():
            raise BuildError(f"{task}: stopped")

    def _run(
        self,
        task: str,
        command: Sequence[str],
        folder: Path,
        expected: float,
        *,
        limit: float | None,
        watch: Watch | None,
    ) -> None:
        import subprocess  # noqa: PLC0415 - an ordinary start does no long work and should not wait for these
        import tempfile  # noqa: PLC0415

        began = time.monotonic()
        require_progress = _Standstill(task, watch) if watch else None
        with tempfile.TemporaryFile() as output:
            try:
                process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
            except OSError as error:
                raise BuildError(f"{task}: cannot run {command[0]}: {error.strerror}") from None
            try:
                while process.poll() is None:
                    elapsed = time.monotonic() - began
                    self._progress(task, elapsed, expected)
                    if limit is not None and elapsed > limit:
                        raise OverdueError(f"{task} was ended after {limit:.0f} s")
                    if require_progress:
                        require_progress(elapsed)
                    self._stop.wait(POLL)
                    self._refuse_if_stopped(task)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                self._progress(task, 0, 0)
            if process.returncode:
                output.seek(0)
                raise _failure(task, process.returncode, output.read())


def _failure(task: str, status: int, output: bytes) -> BuildError:
    if status == -signal.SIGKILL:
        return BuildError(f"{task} was killed by signal 9; did the memory run out?", status)
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    words = "\n".join(lines[-12:]) or "it printed nothing"
    if status < 0:
        return BuildError(f"{task} was killed by signal {-status}: {words}", status)
    return BuildError(f"{task} failed: {words}", status)
