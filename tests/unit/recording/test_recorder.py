"""A recorder keeps the beginning and the newest part, and never more than its bound."""

from __future__ import annotations

import os
from collections.abc import Callable

from hostcore.clock import VirtualClock
from hostcore.hostcall import Err
from hostcore.recording.contents import FORGOTTEN, LOST, packed_checkpoint, read_recording
from hostcore.recording.model import MIDDLE, START, Checkpoint, Header
from hostcore.recording.pages import sums_of
from hostcore.recording.recorder import NO_CHECKPOINT, Recorder
from hostcore.recording.tape import Tape
from tests.unit.recording.test_recording_file import HEADER

BOUND = 1 << 20
Deliver = Callable[[bytes | None], None]


class Checkpoints:
    """Delivers a checkpoint when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, bytes]] = []
        self._deliver: Callable[[bytes | None], None] = lambda _packed: None
        self.is_free = True

    def reduce(
        self,
        _header: Header,
        _beginning: list[bytes],
        calls: int,
        memory: bytes,
        deliver: Callable[[bytes | None], None],
    ) -> bool:
        self.asked.append((calls, memory))
        self._deliver = deliver
        return True

    def deliver(self) -> None:
        calls, memory = self.asked[-1]
        self._deliver(packed_checkpoint(Checkpoint(calls, len(memory), {})))

    def give_up(self) -> None:
        self._deliver(None)


def loaded(checkpoints: Checkpoints | None = None, *, can_sleep: bool = False) -> Recorder:
    recorder = Recorder(HEADER, VirtualClock(), BOUND, checkpoints, can_sleep=can_sleep)
    for name in (START, "python-runtime#load"):
        recorder.tape.begin(name, ())
        recorder.tape.end(None)
    recorder.loaded()
    return recorder


def call(recorder: Recorder, weight: int = 70_000) -> None:
    """A call that reads random bytes, which cannot be compressed."""
    recorder.tape.begin("driver#read", ())
    recorder.tape.answer(1, 0, (), os.urandom(weight))
    recorder.tape.look()
    recorder.tape.end("{}")
    recorder.rest(lambda: bytes(8192))


def test_a_long_part_gets_a_checkpoint_and_the_oldest_part_goes() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    for _ in range(60):
        call(recorder)
        if checkpoints.asked:
            checkpoints.deliver()
    found = read_recording(recorder.snapshot())
    assert found.checkpoint is not None
    assert found.checkpoint.calls + len(found.calls) == 62, "the calls follow the checkpoint without a gap"
    assert found.skipped > 0
    assert recorder.size < 2 * BOUND
    assert found.problem == ""


def test_while_a_checkpoint_is_being_made_nothing_is_lost() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    for _ in range(12):
        call(recorder)
    found = read_recording(recorder.snapshot())
    assert (found.checkpoint, len(found.calls)) == (None, 12)
    checkpoints.deliver()
    assert len(read_recording(recorder.snapshot()).calls) == 12


def test_no_memory_is_copied_while_the_checkpoint_of_another_plugin_is_being_made() -> None:
    checkpoints = Checkpoints()
    checkpoints.is_free = False
    recorder = loaded(checkpoints)
    for _ in range(12):
        call(recorder)
    assert checkpoints.asked == []
    checkpoints.is_free = True
    call(recorder)
    assert len(checkpoints.asked) == 1


def test_without_a_checkpoint_the_part_goes_on_from_the_one_before() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    for _ in range(12):
        call(recorder)
    checkpoints.give_up()
    for _ in range(2):
        call(recorder)
    found = read_recording(recorder.snapshot())
    assert (len(found.calls), found.problem) == (14, "")
    assert len(checkpoints.asked) == 1, "it does not ask again"


def test_no_checkpoint_is_taken_while_the_guest_holds_a_handle_that_it_did_not_have_when_it_loaded() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    recorder.tape.handles[1, 5] += 1
    for _ in range(12):
        call(recorder)
    assert checkpoints.asked == []
    recorder.tape.drop(1, 5)
    call(recorder)
    assert len(checkpoints.asked) == 1


def test_what_was_lost_while_a_checkpoint_was_made_is_made_good_by_the_next_one() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    for _ in range(40):
        call(recorder)
    assert read_recording(recorder.snapshot()).problem == LOST
    checkpoints.deliver()
    call(recorder)
    checkpoints.deliver()
    for _ in range(2):
        call(recorder)
    found = read_recording(recorder.snapshot())
    assert found.checkpoint is not None
    assert (found.problem, found.checkpoint.calls + len(found.calls)) == ("", 45)


def test_a_call_that_goes_on_and_on_keeps_its_newest_part_and_says_that_it_cannot_be_replayed() -> None:
    recorder = loaded()
    recorder.tape.begin("python-runtime#run", ())
    for _ in range(60):
        recorder.tape.answer(1, 0, (), os.urandom(70_000))
        recorder.tape.look()
    found = read_recording(recorder.snapshot())
    assert recorder.size < BOUND + 100_000
    assert (found.problem, found.calls[0].function, found.calls[0].is_whole) == (FORGOTTEN, MIDDLE, False)


def test_a_beginning_without_bound_is_not_kept_in_memory() -> None:
    recorder = Recorder(HEADER, VirtualClock(), BOUND)
    recorder.tape.begin(START, ())
    for _ in range(60):
        recorder.tape.answer(1, 0, (), os.urandom(70_000))
        recorder.tape.look()
    assert recorder.size <= BOUND
    assert read_recording(recorder.snapshot()).problem == LOST


def test_a_value_that_cannot_be_written_breaks_the_tape_and_not_the_call() -> None:
    recorder = loaded()
    recorder.tape.begin("driver#read", ())
    recorder.tape.answer(1, 0, (), object())
    assert "object" in recorder.tape.problem
    recorder.tape.end("{}")
    assert read_recording(recorder.snapshot()).problem.startswith("it ends early, because a value could not be written")


def test_the_calls_up_to_the_first_that_worked_stay_with_the_beginning() -> None:
    checkpoints = Checkpoints()
    recorder = loaded(checkpoints)
    recorder.tape.begin("driver#read", ())
    recorder.tape.end(Err("the chip is busy"))
    recorder.tape.handles[2, 1] += 1
    call(recorder, 100)
    for _ in range(60):
        call(recorder)
        if checkpoints.asked:
            checkpoints.deliver()
    found = read_recording(recorder.snapshot())
    assert [each.function for each in found.beginning] == [START, "python-runtime#load", "driver#read", "driver#read"]
    assert found.checkpoint is not None, "its handle belongs to the beginning, too"
    assert found.checkpoint.calls + len(found.calls) == 64


def test_the_newest_part_is_as_short_as_it_is_asked_for() -> None:
    recorder = loaded(Checkpoints())
    for _ in range(9):
        call(recorder, 100)
    packed = recorder.newest(bytes(8192), sums_of(bytes(8192)), 8)
    assert (len(read_recording(packed.content()).calls), packed.problem) == (8, "")
    assert recorder.newest(bytes(8192), sums_of(bytes(8192)), 7).problem == NO_CHECKPOINT


def test_a_checkpoint_of_now_has_the_pages_that_changed_since_the_beginning() -> None:
    recorder = loaded(can_sleep=True)
    call(recorder, 100)
    call(recorder, 100)
    memory = bytes(4096) + b"x" * 4096 + bytes(4096) + b"y" * 4096
    found = read_recording(recorder.newest(memory, sums_of(memory), 0).content())
    assert found.checkpoint is not None
    assert (found.checkpoint.calls, found.checkpoint.memory_bytes, found.calls) == (4, len(memory), ())
    assert found.checkpoint.pages == {1: b"x" * 4096, 3: b"y" * 4096}


def test_large_results_of_calls_without_a_host_function_do_not_gather_in_memory() -> None:
    segments: list[bytes] = []
    tape = Tape(VirtualClock(), segments.append)
    for _ in range(10):
        tape.begin("driver#read", ())
        tape.end("x" * (1 << 17))
    assert len(segments) == 10
