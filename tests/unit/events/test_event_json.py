"""Events as JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.backends.base import Edge, PwmSettings
from hostcore.backends.spi import SpiSelect, SpiSettings
from hostcore.events import (
    AccessDenied,
    Counters,
    CrashReport,
    Level,
    LibraryLine,
    LogWritten,
    Message,
    Outcome,
    TransferCompleted,
)
from hostcore.events.event_json import from_json, to_brief_json, to_json
from hostcore.place import BusName
from tests.unit.permissions.test_permissions import PERMISSIONS

TEXT = st.text(st.characters(exclude_categories=()))
"""With surrogates: a plugin's bytes that are no UTF-8 can end up as such."""
NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1)
BUSES = st.sampled_from(["i2c-1", "spi-255", "gpio", "uart-serial0", "iio", "system"]).map(BusName)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
MESSAGES = st.builds(Message, st.booleans(), st.binary())
TRANSFERS = st.builds(
    TransferCompleted,
    NUMBERS,
    TEXT,
    BUSES,
    st.none() | NUMBERS,
    st.lists(MESSAGES, max_size=3).map(tuple),
    st.sampled_from(Outcome),
    TEXT,
    NUMBERS,
    NUMBERS,
    sequence=NUMBERS,
    source_line=NUMBERS,
    asked=st.lists(NUMBERS, max_size=3).map(tuple),
    errno=st.none() | NUMBERS,
    spi=st.none() | st.builds(SpiSettings, NUMBERS, NUMBERS, st.sampled_from(SpiSelect), st.none() | NUMBERS),
    pwm=st.none() | st.builds(PwmSettings, FLOATS, FLOATS),
    edges=st.lists(st.builds(Edge, NUMBERS, st.booleans()), max_size=3).map(tuple),
)
LINES = st.builds(LogWritten, NUMBERS, TEXT, st.sampled_from(Level), TEXT)
CRASHES = st.lists(st.tuples(TEXT, NUMBERS), max_size=3).map(tuple)
REPORTS = st.builds(
    CrashReport,
    time_ns=NUMBERS,
    plugin=TEXT,
    path=TEXT,
    version=TEXT,
    kind=TEXT,
    problem=TEXT,
    traceback=TEXT,
    wasm_trace=TEXT,
    call=TEXT,
    argument=TEXT,
    transfers=st.lists(TRANSFERS, max_size=3).map(tuple),
    lines=st.lists(LINES, max_size=3).map(tuple),
    counters=st.builds(Counters, calls=NUMBERS, crashes=CRASHES),
    host_version=TEXT,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["time_ns", "messages", "data"]), inner),
)
MINIMAL = TransferCompleted(1, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.OK, "", 5)


@given(REPORTS)
def test_a_report_comes_back_as_it_went(report: CrashReport) -> None:
    assert from_json(CrashReport, json.loads(json.dumps(to_json(report)))) == report


@given(REPORTS)
def test_so_does_one_whose_defaults_are_left_out(report: CrashReport) -> None:
    assert from_json(CrashReport, json.loads(json.dumps(to_brief_json(report)))) == report


def test_a_default_is_left_out_at_every_level() -> None:
    brief = to_brief_json(replace(MINIMAL, library=LibraryLine("lamp.py", 3)))
    assert brief["library"] == {"file": "lamp.py", "line": 3}
    assert brief["messages"] == [{"written": True, "data": "10"}]
    assert "waited_ns" not in brief
    assert to_brief_json(Counters()) == {}


@given(st.builds(AccessDenied, NUMBERS, TEXT, PERMISSIONS, TEXT, NUMBERS))
def test_a_permission_is_its_text_and_comes_back_as_a_value(denied: AccessDenied) -> None:
    assert to_json(denied)["permission"] == str(denied.permission)
    assert from_json(AccessDenied, json.loads(json.dumps(to_json(denied)))) == denied


@pytest.mark.parametrize("found", ["i2c:1:0x78", "root", 5, None])
def test_a_text_that_is_no_permission_is_refused(found: object) -> None:
    denied = {"time_ns": 1, "plugin": "light", "permission": found, "reason": "", "count": 1}
    with pytest.raises(ValueError, match=f"permission is {found!r}, not a permission"):
        from_json(AccessDenied, denied)


def test_bytes_are_hex_text_and_names_are_those_of_the_fields() -> None:
    assert to_json(MINIMAL) == {
        "time_ns": 1,
        "plugin": "light",
        "bus": "i2c-1",
        "address": 35,
        "messages": [{"written": True, "data": "10"}],
        "outcome": "ok",
        "detail": "",
        "duration_ns": 5,
        "waited_ns": 0,
        "sequence": 0,
        "source_line": 0,
        "asked": [],
        "errno": None,
        "spi": None,
        "pwm": None,
        "edges": [],
        "is_simulated": False,
        "claimed_by": "",
        "library": None,
        "is_injected": False,
        "problem": "",
    }


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("time_ns", True, "time_ns is True, not a whole number of 64 bits"),
        ("time_ns", 1.5, "time_ns is 1.5, not a whole number of 64 bits"),
        ("time_ns", 1 << 63, "time_ns is 9223372036854775808, not a whole number of 64 bits"),
        ("plugin", 5, "plugin is 5, not text"),
        ("bus", "can-0", "bus is 'can-0', not a bus's name"),
        ("bus", 1, "bus is 1, not a bus's name"),
        ("plugin", None, "plugin is None, not text"),
        ("address", "0x23", "address is '0x23', not a whole number of 64 bits"),
        ("outcome", "fine", "outcome is 'fine', not one of ok, no-acknowledge, bus"),
        ("outcome", ["ok"], "outcome is ['ok'], not one of"),
        ("messages", "10", "messages is '10', not an array"),
        ("messages", ["10"], "messages[0] is '10', not an object"),
        ("messages", [{"written": True}], "messages[0].data is missing"),
        ("messages", [{"written": 1, "data": ""}], "messages[0].written is 1, not true or false"),
        ("messages", [{"written": True, "data": "1"}], "messages[0].data is '1', not hex text"),
        ("messages", [{"written": True, "data": [16]}], "messages[0].data is [16], not hex text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_place(key: str, value: object, problem: str) -> None:
    with pytest.raises(ValueError) as error:
        from_json(TransferCompleted, {**to_json(MINIMAL), key: value})
    assert str(error.value).startswith(problem)


def test_a_pair_has_two() -> None:
    with pytest.raises(ValueError, match=r"crashes\[0\] is .*, not an array of 2"):
        from_json(Counters, {"crashes": [["deadline", 1, 2]]})


def test_a_long_value_is_not_shown_in_full() -> None:
    with pytest.raises(ValueError) as error:
        from_json(TransferCompleted, {**to_json(MINIMAL), "bus": ["x" * 1_000_000]})
    assert len(str(error.value)) < 100


def test_another_versions_unknown_keys_are_ignored_and_missing_ones_take_their_default() -> None:
    found = to_json(replace(MINIMAL, waited_ns=0))
    del found["waited_ns"]
    assert from_json(TransferCompleted, {**found, "new": 1}) == MINIMAL


@pytest.mark.parametrize("kind", [CrashReport, TransferCompleted, Message, Counters, AccessDenied])
@given(found=JSON)
@settings(max_examples=30)
def test_any_json_is_read_or_refused_with_a_reason(kind: type, found: object) -> None:
    try:
        from_json(kind, found)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("duty", [float("nan"), float("inf"), 10**400])
def test_a_float_is_finite(duty: float) -> None:
    with pytest.raises(ValueError, match=r"duty is .*, not a finite number"):
        from_json(PwmSettings, {"duty": duty, "frequency_hz": 100.0})


def test_a_whole_number_is_a_float_too_where_a_float_is_wanted() -> None:
    found = from_json(PwmSettings, {"duty": 1, "frequency_hz": 100})
    assert (found, type(found.duty)) == (PwmSettings(1.0, 100.0), float)
    with pytest.raises(ValueError, match="duty is 'half', not a finite number"):
        from_json(PwmSettings, {"duty": "half", "frequency_hz": 100})
