"""Work that takes seconds: done in a process of its own, with its progress, and stopped on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hostcore.errors import BuildError

POLL = 0.1
"""Seconds between two checks of the running work."""


class Progress(Protocol):
    """Takes the progress of long work. It is called on the thread that does the work."""

    def __call__(self, task: str, elapsed: float, expected: float) -> None:
        """`task` has run for `elapsed` of about `expected` seconds. Both are 0 at its end."""


def no_progress(task: str, elapsed: float, expected: float) -> None:
    """Ignore the progress."""


class Workshop:
    """Runs long work, each task in a process of its own. A process can be stopped, and its memory is free when it ends.

    Args:
        progress: takes the progress of each task.
    """

    def __init__(self, progress: Progress = no_progress) -> None:
        self._progress = progress
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the running work and refuse further work. Returns at once."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def run(self, task: str, command: Sequence[str], folder: Path, expected: float) -> None:
        """Run `command` in `folder`. Blocks until it ends.

        Args:
            task: describes the work for a person.
            command: program and arguments.
            folder: the working directory.
            expected: how many seconds it takes, about.

        Raises:
            BuildError: the command failed, could not start, or was stopped; the message ends with its last output.
        """
        import subprocess  # noqa: PLC0415 - an ordinary start does no long work and should not wait for these
        import tempfile  # noqa: PLC0415

        began = time.monotonic()
        with tempfile.TemporaryFile() as output:
            try:
                process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
            except OSError as error:
                raise BuildError(f"{task}: cannot run {command[0]}: {error.strerror}") from None
            try:
                while process.poll() is None:
                    self._progress(task, time.monotonic() - began, expected)
                    if self._stop.wait(POLL):
                        raise BuildError(f"{task}: stopped")
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                self._progress(task, 0, 0)
            if process.returncode < 0:
                raise BuildError(f"{task} was killed by signal {-process.returncode}; did the memory run out?")
            if process.returncode:
                output.seek(0)
                raise BuildError(f"{task} failed: {_last_words(output.read())}")


def _last_words(output: bytes) -> str:
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return "\n".join(lines[-12:]) or "it printed nothing"
