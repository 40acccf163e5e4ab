"""The limit of a replayed call on a computer that is slower than the recorded one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from hostcore.clock import NS_PER_S
from hostcore.hostcall import CrashKind, Trap
from hostcore.recording.model import Call, Crossing, Ending
from hostcore.replay.answering import STEPS
from hostcore.replay.limit import ReplayLimit
from hostcore.replay.player import Player
from tests.unit.recording.test_recording_file import HEADER

ENDED = Ending(CrashKind.DEADLINE, "still running after 1 s")
NOW = "wasi:clocks/monotonic-clock#now"


class SlowReplay:
    """A call with 1,000 answers that was ended at its limit of a second, replayed on a clock that the test moves."""

    def __init__(self) -> None:
        crossings = tuple(Crossing(0, 0, 0, (), number) for number in range(1000))
        self._player = Player(HEADER_WITH_CLOCK, [Call("driver#read", (), 0, crossings, 1_000_000, ENDED)])
        self._ask = self._player.functions()[NOW]
        self._now_ns = 0
        self._limit = ReplayLimit(
            1.0, lambda: self._player.ending, progress=lambda: self._player.progress, now_ns=lambda: self._now_ns
        )
        self._player.next_call()
        self._limit.begin()

    def goes_on(self, seconds_for_each: float, answers: int = 1000) -> Iterator[float]:
        """Ask again and again; yield the time after each."""
        for _ in range(answers):
            self._ask()
            self._now_ns += round(seconds_for_each * NS_PER_S)
            self._limit.check()
            yield self._now_ns / NS_PER_S

    def computes(self, seconds: float) -> None:
        """Ask for nothing."""
        self._now_ns += round(seconds * NS_PER_S)
        self._limit.check()


HEADER_WITH_CLOCK = dataclasses.replace(HEADER, refused=())


def test_a_call_that_was_ended_at_its_limit_ends_as_recorded_where_it_takes_five_times_as_long() -> None:
    with pytest.raises(Trap) as end:
        for _ in SlowReplay().goes_on(0.005):
            pass
    assert Ending.of(end.value) == ENDED


def test_it_takes_no_longer_than_a_few_times_its_limit_however_much_was_recorded() -> None:
    times = [0.0]
    with pytest.raises(Trap, match="the replay is still running after 1 s"):
        times.extend(SlowReplay().goes_on(0.09))
    assert max(times) <= STEPS + 1


def test_it_does_not_compute_for_longer_than_its_limit_without_an_answer() -> None:
    replay = SlowReplay()
    assert len(list(replay.goes_on(0.001, answers=500))) == 500
    with pytest.raises(Trap, match="the replay is still running"):
        replay.computes(1.6)
        replay.computes(1.6)
