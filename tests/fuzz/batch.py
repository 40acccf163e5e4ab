"""A batch of cases in a forked process, whose death, hang or hunger is a finding that names the case."""

from __future__ import annotations

import json
import mmap
import os
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from tests.fuzz.target import Case, Check

HANG_SECONDS = 60.0
"""Seconds without progress after which a case counts as a hang. Far more than any case takes on a busy machine."""
MEMORY = 256 << 20
"""Most bytes by which the process of a batch may grow in one case. An instance may have 16 MiB."""
LARGEST_INPUT = 2 << 20
"""Most bytes of an input that survive the death of its process: twice the largest host.toml."""
_HEAD = struct.Struct("<qqq")
"""The shared memory's first bytes: the index of the case that runs, -1 before the first; its size; done cases."""


@dataclass(frozen=True)
class Finding:
    """A case that the program did not survive."""

    case: Case
    problem: str
    """What happened, with a traceback if there was one."""
    content: bytes
    """The input. Empty if making it killed the process."""


class Batch:
    """Cases that run one after the other in a forked process, from now on.

    Args:
        cases: the cases.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = tuple(cases)
        self._shared = mmap.mmap(-1, _HEAD.size + LARGEST_INPUT)
        self._shared[: _HEAD.size] = _HEAD.pack(-1, 0, 0)
        self._folder = Path(tempfile.mkdtemp(prefix="wasi-host-fuzz-"))
        self._told, self._progressed = -1, time.monotonic()
        self.pipe, writing = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(self.pipe)
            _child(self.cases, self._shared, self._folder, writing)
        os.close(writing)
        os.set_blocking(self.pipe, False)
        self._said = b""

    @property
    def done(self) -> int:
        """The cases that have ended."""
        return int(_HEAD.unpack_from(self._shared)[2])

    def ended(self) -> bool:
        """Whether the process has ended. Ends it if it makes no progress."""
        self._listen()
        if self.done != self._told:
            self._told, self._progressed = self.done, time.monotonic()
        self._hangs = time.monotonic() - self._progressed > HANG_SECONDS
        if self._hangs:
            self.kill()
        pid, status = os.waitpid(self._pid, 0 if self._hangs else os.WNOHANG)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def kill(self) -> None:
        """Kill the process, which must not have been waited for, and everything that it started."""
        os.kill(self._pid, signal.SIGKILL)
        self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):  # it has no group until it has run for a moment
            os.killpg(self._pid, signal.SIGKILL)

    def _listen(self) -> None:
        with suppress(BlockingIOError):
            while part := os.read(self.pipe, 1 << 16):
                self._said += part

    def close(self) -> tuple[list[Finding], tuple[Case, ...]]:
        """Return the findings of a batch that has ended, and the cases that it has left undone."""
        index, size, done = _HEAD.unpack_from(self._shared)
        content = self._shared[_HEAD.size : _HEAD.size + size]
        self._listen()
        self._kill_group()
        os.close(self.pipe)
        self._shared.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        findings = [
            Finding(self.cases[each["index"]], each["problem"], bytes.fromhex(each["content"]))
            for each in map(json.loads, self._said.splitlines())
        ]
        if done == len(self.cases) and not self._status:
            return findings, ()
        if not any(each.case is self.cases[max(0, index)] for each in findings):
            findings.append(Finding(self.cases[max(0, index)], self._death(), content))
        return findings, self.cases[max(0, index) + 1 :]

    def _death(self) -> str:
        if self._hangs:
            return f"it hung for {HANG_SECONDS:.0f} s"
        if self._status < 0:
            return f"killed by {signal.Signals(-self._status).name}"
        return f"the process ended with status {self._status}"


def _child(cases: Sequence[Case], shared: mmap.mmap, folder: Path, writing: int) -> NoReturn:
    """Run the cases in this new process. A finding is a line of JSON in the pipe `writing`."""
    status = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with cases[0].target.ready(folder) as check, os.fdopen(writing, "w") as tell:
            status = 0 if _run(cases, check, shared, tell) else 1
    except BaseException:  # noqa: BLE001 - nothing may return into the parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _run(cases: Sequence[Case], check: Check, shared: mmap.mmap, tell: TextIO) -> bool:
    """Run the cases. Returns False if the process has become too large for more."""
    before = _resident()
    for index, case in enumerate(cases):
        _note(shared, index, b"", index)
        content = case.content()[:LARGEST_INPUT]
        _note(shared, index, content, index)
        problem, grown = _problem(check, content), _resident() - before
        if not problem and grown > MEMORY:
            problem = f"the process grew by {grown >> 20} MiB"
        if problem:
            print(json.dumps({"index": index, "problem": problem, "content": content.hex()}), file=tell, flush=True)
        if grown > MEMORY:
            return False
    _note(shared, len(cases) - 1, b"", len(cases))
    return True


def _note(shared: mmap.mmap, index: int, content: bytes, done: int) -> None:
    """Note where the batch is, for the parent of a process that dies."""
    shared[_HEAD.size : _HEAD.size + len(content)] = content
    shared[: _HEAD.size] = _HEAD.pack(index, len(content), done)


def _problem(check: Check, content: bytes) -> str:
    """Check one input. Returns a traceback, or "" if all is well."""
    try:
        check(content)
    except BaseException:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are findings too
        return traceback.format_exc(limit=-12)[-8000:]
    return ""


def _resident() -> int:
    """The most bytes of memory that this process has used at any time (proc(5), VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10
