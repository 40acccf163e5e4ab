"""Where a person begins to step, as text, and which call of a recording that is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.recording.model import Call, Checkpoint, Header, Limits, Recording
from hostcore.stepping.beginning import Beginning, Kind, call_at, is_before, parse_beginning

SECOND = 1_000_000_000
HEADER = Header("light", "light.py", "", "0" * 64, "{}", (), Limits(5.0, 64, 65_536), (), began_ns=SECOND)
WHOLE = Recording(
    HEADER,
    (Call("", (), SECOND), Call("python-runtime#load", (), SECOND)),
    None,
    tuple(Call("driver#read", (), each * SECOND) for each in (2, 3, 4)),
)
NEWEST = replace(WHOLE, checkpoint=Checkpoint(100, 0, {}))
"""Its newest part begins with call 100."""


@given(st.sampled_from(Kind), st.integers(0, 10**19))
def test_every_place_is_read_as_it_is_written(kind: Kind, number: int) -> None:
    plain = kind in (Kind.END, Kind.CRASH)
    text = kind.value if plain else f"{kind}:{number}"
    assert parse_beginning(text) == Beginning(kind, 0 if plain else number)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_with_what_is_allowed(text: str) -> None:
    try:
        found = parse_beginning(text)
    except ValueError as allowed:
        assert "call:N" in str(allowed)
    else:
        assert text.partition(":")[0] == found.kind


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("crash", None), ("end", None), ("call:3", 3),
        ("transfer:2000000000", 2), ("transfer:3999999999", 4), ("transfer:3500000000", 3), ("reading:99000000000", 4),
        ("transfer:0", 0),
    ],
)  # fmt: skip
def test_a_time_is_in_the_call_that_began_before_it(text: str, call: int | None) -> None:
    assert call_at(WHOLE, parse_beginning(text)) == call


def test_the_calls_after_a_checkpoint_have_their_numbers() -> None:
    assert call_at(NEWEST, Beginning(Kind.READING, 3 * SECOND)) == 101


def test_a_time_that_the_recording_has_lost_is_known() -> None:
    lost = Beginning(Kind.TRANSFER, SECOND + 500)
    assert is_before(NEWEST, lost)
    assert not is_before(WHOLE, lost)
    assert not is_before(NEWEST, Beginning(Kind.CALL, 0))
