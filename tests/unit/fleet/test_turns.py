"""Who looks at the model gets it before the busy thread takes it again."""

from __future__ import annotations

import threading

from hostcore.fleet.turns import Turns
from hostcore.threads import HostThread
from tests.waiting import until

PATIENCE = 20.0
"""Seconds that a test waits before it fails."""
LOOKS = 30


def test_the_busy_thread_takes_the_lock_again_only_after_the_one_that_waits() -> None:
    turns, order = Turns(), list[str]()

    def look() -> None:
        with turns.look():
            order.append("look")

    looker = HostThread(look, "look")
    with turns.work():
        looker.start()
        until(lambda: turns._is_wanted, PATIENCE)
    with turns.work():
        order.append("work")
    looker.join(PATIENCE)
    assert order == ["look", "work"]


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
