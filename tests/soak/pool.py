"""Runs each job in its own process, one per core at a time, with a progress bar."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from typing import Any

from tests.soak import endurance, imports
from tests.soak.endurance import Endured
from tests.soak.imports import Leak

BAR = 30
"""Characters."""

_done: Any = None
"""Number of calls of all jobs so far. Set in a job's process."""


def run_jobs(calls: int) -> tuple[list[Endured], tuple[Leak, ...]]:
    """Call every plugin `calls` times, and measure what each import leaves behind. Takes minutes."""
    jobs = endurance.jobs()
    context = multiprocessing.get_context("spawn")
    done = context.Value("Q", 0)
    with ProcessPoolExecutor(os.cpu_count(), context, _begin, (done,), max_tasks_per_child=1) as pool:
        enduring = [pool.submit(_endure, job, calls) for job in jobs]
        leaking = pool.submit(_leaks)
        _watch([*enduring, leaking], done, calls * len(jobs) + imports.count())
        return [future.result() for future in enduring], leaking.result()


def _begin(done: Any) -> None:
    global _done  # noqa: PLW0603 - the pool's only way to hand a shared number to its processes
    _done = done


def _tick(calls: int) -> None:
    with _done.get_lock():
        _done.value += calls


def _endure(job: str, calls: int) -> Endured:
    return endurance.endure(job, calls, _tick)


def _leaks() -> tuple[Leak, ...]:
    return imports.leaks(_tick)


def _watch(futures: Sequence[Future[Any]], done: Any, total: int) -> None:
    """Draw a progress bar on standard error until all is done. If that is not a terminal, print a line every 10 %."""
    began, told = time.monotonic(), -1
    is_terminal = sys.stderr.isatty()
    pending = set(futures)
    while pending:
        pending = wait(futures, timeout=0.5).not_done
        share = done.value / total
        text = f"[{'#' * int(share * BAR):.<{BAR}}] {share:4.0%} {time.monotonic() - began:5.0f} s"
        if is_terminal:
            print(f"\r{text}", end="" if pending else "\n", file=sys.stderr, flush=True)
        elif int(share * 10) > told:
            told = int(share * 10)
            print(text, file=sys.stderr, flush=True)
