"""The file of a recording: whole, cut at any byte, or with a bit that flipped."""

from __future__ import annotations

import dataclasses

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.hostcall import CrashKind, Err, Resource
from hostcore.recording import segments
from hostcore.recording.contents import packed_checkpoint, packed_header, read_recording, report_in
from hostcore.recording.file import Kind, frames_of, written
from hostcore.recording.model import PAGE, START, Checkpoint, Ending, Header, Limits
from hostcore.recording.recorder import Recorder
from hostcore.recording.values import DEEPEST, ERR, pack, unpack, unpack_each

HEADER = Header(
    plugin="light",
    file="light.py",
    source="def read(): ...",
    component="ab" * 32,
    settings='{"address": 35}',
    permissions=("i2c:1:0x23",),
    limits=Limits(5.0, 64, 65536),
    imports=("wasi:clocks/monotonic-clock#now", "wasi-host:plugin/python-wire#i2c-transfer"),
    refused=(0,),
    simulated=("i2c-1",),
)

numbers = st.integers(-(1 << 63), (1 << 64) - 1)
plain = st.none() | st.booleans() | numbers | st.floats() | st.text() | st.binary()
values = st.recursive(
    plain | st.builds(Resource, st.integers(0, 1 << 32), st.integers(0, 9)),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.builds(Err, inner),
    max_leaves=12,
)


def recorded() -> bytes:
    """A recording of a load and two calls, the second of which crashed."""
    recorder = Recorder(HEADER, VirtualClock(), 1 << 20)
    tape = recorder.tape
    tape.begin(START, ())
    tape.end(None)
    tape.begin("python-runtime#load", ("light.py", "def read(): ..."))
    tape.end(frozenset({"driver"}))
    recorder.loaded()
    for answer in (b"\x01\x02", Err(("no-acknowledge", "nobody answers at 0x23"))):
        tape.begin("driver#read", ())
        tape.answer(1, 0, [5, 1, 0x23, "\x10", 2], answer)
        tape.end('{"lux": 1}' if isinstance(answer, bytes) else Ending(CrashKind.EXCEPTION, "BusError", "line 3"))
        tape.cut()
    return recorder.snapshot(b'{"plugin": "light"}')


WHOLE = recorded()


@given(values)
def test_a_value_that_crosses_the_boundary_is_read_as_it_was_written(value: object) -> None:
    assert pack(unpack(pack(value))) == pack(value)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 1_000, 10_000])
def test_values_in_one_another_without_end_are_refused_and_end_no_process(depth: int) -> None:
    content = pack(1)
    for _ in range(depth):
        content = pack(msgpack.ExtType(ERR, content))
    with pytest.raises(ValueError, match="it is nested too deeply"):
        unpack(content)
    with pytest.raises(ValueError, match=r"it is no value \(StackError\)"):
        unpack(b"\x91" * 5_000 + b"\x01")


def test_a_map_is_no_value_that_crosses_the_boundary() -> None:
    for content in (b"\x81\xa1x\x01", b"\x92\x80\x80", pack(msgpack.ExtType(ERR, b"\x80"))):
        with pytest.raises(ValueError, match="a map does not cross the boundary"):
            list(unpack_each(content))


def test_a_whole_file_holds_the_header_the_calls_and_the_report() -> None:
    found = read_recording(WHOLE)
    assert found.header == HEADER
    assert [call.function for call in found.beginning] == [START, "python-runtime#load"]
    good, crashed = found.calls
    assert good.crossings[0].arguments == (5, 1, 0x23, "\x10", 2)
    assert (good.crossings[0].answer, good.result) == (b"\x01\x02", '{"lux": 1}')
    assert crashed.crossings[0].answer == Err(("no-acknowledge", "nobody answers at 0x23"))
    assert crashed.ending == Ending(CrashKind.EXCEPTION, "BusError", "line 3")
    assert (found.problem, report_in(WHOLE)) == ("", b'{"plugin": "light"}')


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_at_any_byte_is_read_up_to_there_and_says_so(cut: int) -> None:
    try:
        found = read_recording(WHOLE[:cut])
    except ValueError as problem:
        assert "\n" not in str(problem)
    else:
        assert "cut" in found.problem
        assert found.calls == read_recording(WHOLE).calls[: len(found.calls)]


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_flipped_bit_is_never_taken_for_a_value(bit: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[bit // 8] ^= 1 << bit % 8
    try:
        found = read_recording(bytes(damaged))
    except ValueError as problem:
        assert "\n" not in str(problem)
    else:
        assert found.problem
        assert found.calls == read_recording(WHOLE).calls[: len(found.calls)]


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it is [^\n]*$"):
        read_recording(content)


def test_a_recording_that_becomes_huge_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_INFLATED", 1 << 20)
    recorder = Recorder(HEADER, VirtualClock(), 1 << 20)
    recorder.loaded()
    for _ in range(40):
        recorder.tape.begin("driver#read", ())
        recorder.tape.answer(1, 0, (), bytes(65_536))
        recorder.tape.end("{}")
        recorder.tape.cut()
    content = recorder.snapshot()
    found = read_recording(content)
    assert (len(content) < 1 << 16, len(found.calls)) == (True, 15)
    assert found.problem == "it has more than 1 MiB when it is decompressed"


def test_a_recording_of_a_great_many_entries_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_ENTRIES", 100)
    recorder = Recorder(HEADER, VirtualClock(), 1 << 20)
    recorder.loaded()
    for _ in range(60):
        recorder.tape.begin("driver#read", ())
        recorder.tape.end("{}")
    found = read_recording(recorder.snapshot())
    assert (len(found.calls), found.problem) == (50, "it has more than 100 entries")


def test_a_later_version_is_named() -> None:
    with pytest.raises(ValueError, match="version 3; this host reads version 2"):
        read_recording(WHOLE.replace(b"recording 2\n", b"recording 3\n", 1))


def test_a_recording_without_a_report_has_none() -> None:
    recorder = Recorder(HEADER, VirtualClock(), 1 << 20)
    assert report_in(recorder.snapshot()) is None


def test_a_header_with_a_value_of_another_type_is_damaged() -> None:
    odd = dataclasses.replace(HEADER, plugin=7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="its header is damaged"):
        read_recording(Recorder(odd, VirtualClock(), 1 << 20).snapshot())


@pytest.mark.parametrize(
    ("kind", "content"),
    [(Kind.HEADER, packed_header(HEADER)), (Kind.CHECKPOINT, packed_checkpoint(Checkpoint(2, PAGE, {0: bytes(PAGE)})))],
)
def test_a_part_that_a_recording_has_once_is_read_once(kind: Kind, content: bytes) -> None:
    frames = list(frames_of(WHOLE))
    found = read_recording(written([*frames[:2], (kind, content), *frames[2:], (kind, content)]))
    assert found.problem == f"it has a second {kind.name.lower()}"
