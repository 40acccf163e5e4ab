"""Who looks at the model gets it before the busy thread takes it again."""

from __future__ import annotations

import threading

from hostcore.fleet.turns import Turns
from hostcore.threads import HostThread
from tests.waiting import until

PATIENCE = 20.0
"""Seconds that a test waits before it fails."""
LOOKS = 40


def test_a_busy_thread_works_at_most_twice_while_another_one_waits() -> None:
    turns, is_done, worked = Turns(), threading.Event(), [0]

    def work() -> None:
        while not is_done.is_set():
            with turns.work():
                sum(range(20_000))
                worked[0] += 1

    busy = HostThread(work, "busy")
    busy.start()
    until(lambda: worked[0], PATIENCE)
    waited = []
    for _ in range(LOOKS):
        before = worked[0]
        with turns.look():
            waited.append(worked[0] - before)
        until(lambda known=worked[0]: worked[0] > known + 5, PATIENCE)
    is_done.set()
    busy.join(PATIENCE)
    assert sorted(waited)[LOOKS * 4 // 5] <= 2  # a few times, this thread itself was kept from the processor


def test_all_who_look_get_their_turn() -> None:
    turns, is_done, seen = Turns(), threading.Event(), list[int]()

    def work() -> None:
        while not is_done.is_set():
            with turns.work():
                pass

    def look() -> None:
        for _ in range(LOOKS):
            with turns.look():
                seen.append(1)

    threads = [HostThread(work, "busy"), *(HostThread(look, "look") for _ in range(3))]
    for each in threads:
        each.start()
    until(lambda: len(seen) == 3 * LOOKS, PATIENCE)
    is_done.set()
    for each in threads:
        each.join(PATIENCE)
