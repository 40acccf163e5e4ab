"""The worker of replays: jobs in their order, bounded, and stopped at once."""

from __future__ import annotations

import threading
import weakref
from functools import partial

from hostcore.replay.worker import MOST_JOBS, Worker
from tests.waiting import until


def test_jobs_are_done_in_their_order() -> None:
    worker, done = Worker(), list[int]()
    for number in range(3):
        assert worker.do(lambda _stopping, number=number: done.append(number))
    until(lambda: done == [0, 1, 2], 10)
    assert worker.stop(10)


def test_nothing_of_a_job_is_kept_when_it_is_done() -> None:
    class Copy(bytearray):
        """Of an instance's memory: 20 MB that the host would have until the next checkpoint, hours later."""

    worker, copies = Worker(), [Copy()]
    kept = weakref.ref(copies[0])
    worker.do(partial(lambda copy, _stopping: copy.append(1), copies.pop()))
    until(lambda: worker.is_idle, 10)
    assert kept() is None
    assert worker.stop(10)


def test_too_many_jobs_are_refused() -> None:
    worker, release = Worker(), threading.Event()
    worker.do(lambda _stopping: release.wait())
    accepted = [worker.do(lambda _stopping: None) for _ in range(MOST_JOBS + 5)]
    assert accepted.count(True) in {MOST_JOBS - 1, MOST_JOBS}, "the first may still wait"
    release.set()
    assert worker.stop(10)


def test_a_stop_tells_whether_the_job_has_ended() -> None:
    worker, release, began = Worker(), threading.Event(), threading.Event()

    def stubborn(_stopping: threading.Event) -> None:
        began.set()
        release.wait()

    worker.do(stubborn)
    assert began.wait(10)
    assert not worker.stop(0)
    release.set()
    assert worker.stop(10)


def test_a_job_sees_that_it_is_to_stop_and_none_follows() -> None:
    worker, began, done = Worker(), threading.Event(), list[str]()

    def patient(stopping: threading.Event) -> None:
        began.set()
        stopping.wait()
        done.append("stopped")

    worker.do(patient)
    worker.do(lambda _stopping: done.append("never"))
    assert began.wait(10)
    assert worker.stop(10)
    assert done == ["stopped"]
    assert not worker.do(lambda _stopping: None)


def test_a_worker_without_jobs_has_no_thread_to_stop() -> None:
    assert Worker().stop(0)
