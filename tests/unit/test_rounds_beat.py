"""The thread of the rounds beats while it lives, so that whoever listens notices when it is stuck."""

from __future__ import annotations

import queue
import threading

import pytest

from hostcore.clock import RealClock
from hostcore.events import RoundCompleted
from hostcore.events.stream import EventStream
from hostcore.rounds import Rounds
from tests.gathering import LONG, SHORT, Gathering


def test_it_beats_while_it_waits_for_a_driver_and_between_two_rounds() -> None:
    beats: queue.Queue[None] = queue.Queue()
    gathering = Gathering(LONG)
    gathering.rounds.beat_with(lambda: beats.put(None), SHORT)
    gathering.rounds.join("hangs")
    gathering.rounds.start()
    for _ in range(3):
        beats.get(timeout=10)
    gathering.rounds.publish("hangs", {"x": 1})
    gathering.next()
    for _ in range(3):
        beats.get(timeout=10)
    gathering.rounds.stop()


def test_it_beats_no_longer_when_its_thread_is_stuck() -> None:
    began, stuck = threading.Event(), threading.Event()
    beats: queue.Queue[None] = queue.Queue()

    def hang(_: RoundCompleted) -> None:
        began.set()
        stuck.wait()

    stream = EventStream(RealClock())
    rounds = Rounds(LONG, stream.clock, stream, hang)
    rounds.beat_with(lambda: beats.put(None), SHORT)
    rounds.start()
    assert began.wait(10)
    beats.queue.clear()
    with pytest.raises(queue.Empty):
        beats.get(timeout=10 * SHORT)
    stuck.set()
    beats.get(timeout=10)
    rounds.stop()


def test_a_beat_may_need_a_lock_that_a_joining_driver_holds() -> None:
    gathering, held = Gathering(LONG), threading.Lock()
    beats: queue.Queue[None] = queue.Queue()

    def beat() -> None:
        with held:
            beats.put(None)

    gathering.rounds.beat_with(beat, SHORT)
    gathering.rounds.join("first")
    with held:
        gathering.rounds.start()
        gathering.rounds.join("second")
    beats.get(timeout=10)
    gathering.rounds.stop()
