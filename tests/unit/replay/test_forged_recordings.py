"""A forged recording is as powerless as a plugin: no hardware, no file, no longer than its limits, and no traceback."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.chips.library import shipped_library
from hostcore.cli.replay_json import step_json
from hostcore.cli.replay_lines import step_lines
from hostcore.errors import HostError, RecordingError
from hostcore.hostcall import CrashKind, Err, Resource
from hostcore.recording.contents import Packed, packed_header, read_recording
from hostcore.recording.model import Call, Crossing, Ending, Limits, Recording
from hostcore.recording.segments import CALL, END, Times, packed_segment
from hostcore.recording.values import pack
from hostcore.replay.prepared import prepared_of
from hostcore.replay.versions import steps_of
from hostcore.stepping.navigation import Folds, to_crash
from hostcore.stepping.tracer import Tracer
from tests.replaying import Recorded
from tests.sandbox import Sandbox

SOURCE = """
from host import i2c, state
import time
def read():
    time.sleep(0.1)
    i2c.write(0x23, b"\\x10")
    return {"light": i2c.read(0x23, 2)[0], "at": time.time()}
"""
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.builds(Resource, st.integers(0, 9), st.integers(0, 9))
    | st.builds(Ending, st.sampled_from([None, *CrashKind]), st.text(max_size=5)),
    lambda inner: st.tuples(inner, inner) | st.builds(Err, inner),
    max_leaves=4,
)
ARGUMENTS = st.lists(VALUES, max_size=7).map(tuple)
NUMBERS = st.integers(-(1 << 63), (1 << 64) - 1)


@pytest.fixture
def recording(sandbox: Sandbox) -> Recording:
    recorder = Recorded(sandbox)
    plugin = recorder.load(SOURCE, "i2c:1:0x23")
    plugin.read(), plugin.read()
    return recorder.recording


def forged(data: st.DataObject, recording: Recording) -> Recording:
    """The recording with one call or crossing that no host writes."""
    calls = list(recording.calls)
    place = data.draw(st.integers(0, len(calls) - 1))
    call = calls[place]
    crossings = list(call.crossings)
    where = data.draw(st.integers(0, len(crossings) - 1))
    found = crossings[where]
    changed = data.draw(
        st.sampled_from([found.arguments, None]).flatmap(
            lambda kept: st.builds(
                Crossing,
                st.just(found.slot) | st.integers(0, len(recording.header.imports) - 1),
                NUMBERS,
                NUMBERS,
                ARGUMENTS if kept is None else st.just(kept),
                VALUES,
            )
        )
    )
    crossings[where] = changed
    function = data.draw(st.just(call.function) | st.sampled_from(["", "driver#gone", "python-runtime#load", "x"]))
    calls[place] = Call(
        function,
        data.draw(st.just(call.arguments) | ARGUMENTS),
        data.draw(NUMBERS),
        tuple(crossings),
        data.draw(NUMBERS),
        data.draw(VALUES),
        data.draw(st.booleans()),
    )
    return dataclasses.replace(recording, calls=tuple(calls))


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace("x10", "x20"),
        *(pytest.param(each, marks=pytest.mark.thorough) for each in (SOURCE, SOURCE.replace("0.1", "0.2"))),
    ],
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_reaches_no_hardware_and_ends_in_words(
    sandbox: Sandbox, recording: Recording, source: str, data: st.DataObject
) -> None:
    before = len(sandbox.events)
    forgery = forged(data, recording)
    try:
        prepared = prepared_of(sandbox.runtime, forgery.header, source=source)
        for step in steps_of(sandbox.runtime, prepared, forgery, shipped_library()):
            assert step.bus_us is not None
            assert json.dumps(step_json(step)) and list(step_lines(step))
    except HostError as error:
        assert str(error)
    assert len(sandbox.events) == before


@pytest.mark.parametrize("source", [SOURCE.replace("x10", "x20"), pytest.param(SOURCE, marks=pytest.mark.thorough)])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_is_stepped_through_without_a_defect(
    sandbox: Sandbox, recording: Recording, source: str, data: st.DataObject
) -> None:
    before = len(sandbox.events)
    forgery = forged(data, recording)
    try:
        prepared = prepared_of(sandbox.runtime, forgery.header, source=source)
        trace = Tracer(sandbox.runtime, prepared, forgery, chips=shipped_library()).window()
    except HostError as error:
        assert "\n" not in str(error)
        return
    assert trace is not None
    assert "\n" not in trace.approximate + trace.missing
    assert "OverflowError" not in trace.approximate
    assert all(trace.stack(number) for number in range(len(trace)))
    to_crash(trace, Folds())
    assert len(sandbox.events) == before


@pytest.mark.parametrize(
    "limits", [Limits(1e9, 64, 65_536), Limits(5.0, 1 << 20, 65_536), Limits(5.0, 64, 1 << 40), Limits(0.0, 0, 0)]
)
def test_its_limits_are_those_that_host_toml_allows(sandbox: Sandbox, recording: Recording, limits: Limits) -> None:
    header = dataclasses.replace(recording.header, limits=limits)
    with pytest.raises(RecordingError, match=r"a limit that host\.toml does not allow"):
        prepared_of(sandbox.runtime, header)


def test_a_changed_driver_computes_no_longer_than_a_call_may(sandbox: Sandbox, recording: Recording) -> None:
    header = dataclasses.replace(recording.header, limits=Limits(0.2, 64, 65_536))
    short = dataclasses.replace(recording, header=header)
    prepared = prepared_of(sandbox.runtime, header, source="def read():\n    while True: pass")
    began = time.monotonic()
    *_, last = steps_of(sandbox.runtime, prepared, short)
    assert time.monotonic() - began < 30
    assert last.played.has_crashed


def test_it_reads_no_file_beside_the_one_it_names(sandbox: Sandbox, recording: Recording, tmp_path: Path) -> None:
    metadata = '# /// script\n# dependencies = ["adafruit-circuitpython-sht4x"]\n# ///\n'
    header = dataclasses.replace(recording.header, file=str(tmp_path / "light.py"), source=metadata + SOURCE)
    prepared = prepared_of(sandbox.runtime, header)
    assert (prepared.libraries, str(prepared.spec.path)) == (None, "light.py")


def test_a_crossing_without_an_import_is_damage(recording: Recording) -> None:
    times = Times()
    times.call(0), times.crossing(0, 0), times.end(0)
    entries = pack((CALL, "driver#read", ())) + pack((len(recording.header.imports), (), None)) + pack((END, None))
    content = Packed(packed_header(recording.header), (), None, (packed_segment(entries, times),)).content()
    found = read_recording(content)
    assert (found.calls, found.problem) == ((), "a call is damaged (it names an import that the header does not have)")
