"""A lock that threads get in the order in which they asked for it."""

from __future__ import annotations

import threading

import pytest

from hostcore.buses.fair_lock import FairLock
from tests.waiting import until


def go_on() -> None:
    """The wait may go on."""


def refuse() -> None:
    raise TimeoutError


def waiting(lock: FairLock, done: list[int], number: int) -> threading.Thread:
    """A thread that waits for the lock, and then notes its number."""

    def run() -> None:
        lock.acquire(go_on)
        done.append(number)
        lock.release()

    thread = threading.Thread(target=run)
    before = len(lock._waiting)
    thread.start()
    until(lambda: len(lock._waiting) > before, 10)
    return thread


def test_threads_get_it_in_the_order_in_which_they_asked() -> None:
    lock, done = FairLock(), list[int]()
    lock.acquire(go_on)
    threads = [waiting(lock, done, number) for number in range(5)]
    lock.release()
    for thread in threads:
        thread.join()
    assert done == list(range(5))


def test_a_wait_that_must_end_leaves_the_lock_to_the_others() -> None:
    lock, done = FairLock(), list[int]()
    lock.acquire(go_on)
    with pytest.raises(TimeoutError):
        lock.acquire(refuse)
    thread = waiting(lock, done, 1)
    lock.release()
    thread.join()
    lock.acquire(refuse)
    assert done == [1]


def test_many_threads_never_have_it_at_once_and_none_is_forgotten() -> None:
    lock, inside, most = FairLock(), list[int](), list[int]()

    def run(number: int) -> None:
        for _ in range(300):
            lock.acquire(go_on)
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)
            lock.release()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (1800, 1)
