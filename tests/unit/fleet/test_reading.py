"""What nodes publish is read within bounds, and all texts of it are safe to show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import ADDED
from hostcore.broker.bodies import MOST_LISTED as MOST_TOLD
from hostcore.broker.groups import CommandGroup
from hostcore.events import ReadingPublished
from hostcore.events.event_json import to_json
from hostcore.events.readings import MARKS
from hostcore.fleet.numbers import ReadingId
from hostcore.fleet.reading import (
    LONGEST_TEXT,
    MOST_COUNTED,
    MOST_DECIMALS,
    MOST_LISTED,
    health_of,
    info_of,
    reading_of,
    stamp_of,
    unix_seconds,
    values_of,
)
from hostcore.mqtt.readings.stamping import stamped
from tests.fleet_messages import NOW, RUN, health, info, reading


def payload_of(body: object, **changes: Any) -> bytes:
    found = to_json(body)
    return json.dumps({**found, **changes}).encode()


def test_texts_cannot_act_on_the_terminal() -> None:
    found = info_of(payload_of(info(), host_name="pi\x1b[2J", tags=["green\nhouse", "a" * 1000]))
    assert found.host_name == r"pi\x1b[2J"
    assert found.tags[0] == r"green\nhouse"
    assert len(found.tags[1]) < 100


def test_a_list_is_cut() -> None:
    assert len(info_of(payload_of(info(), plugins=["p"] * 10_000)).plugins) == MOST_LISTED


def test_a_node_tells_no_more_of_its_troubles_than_it_may() -> None:
    found = health_of(payload_of(health(), alarms=["hot"] * 150, alarms_count=150))
    assert (len(found.alarms), found.alarms_count) == (MOST_TOLD, 150)


def test_groups_of_commands_of_a_later_version_are_ignored() -> None:
    found = info_of(payload_of(info(), commands=["read", "teleport", 7, ["read"]]))
    assert found.commands == (CommandGroup.READ,)


@pytest.mark.parametrize(("said", "taken"), [(1e308, 3600.0), (-5, 5.0), (0, 5.0), (30, 30.0)])
def test_a_node_cannot_promise_to_be_silent_for_ever(said: float, taken: float) -> None:
    assert health_of(payload_of(health(), next_seconds=said)).next_seconds == taken


def test_numbers_fit_on_a_line() -> None:
    found = health_of(payload_of(health(), crashes=1 << 60, waiting=-4, load=1e300, memory_mib=-1.0))
    assert (found.crashes, found.waiting, found.load, found.memory_mib) == (MOST_COUNTED, 0, float(MOST_COUNTED), 0.0)


def test_a_count_is_never_below_what_is_listed() -> None:
    found = health_of(payload_of(health(), alarms=["hot", "cold"], alarms_count=-3))
    assert found.alarms_count == 2


def test_decimals_can_be_used_to_format() -> None:
    (value,) = values_of(json.dumps([{"key": "t", "decimals": 1 << 60}]).encode())
    assert value.decimals == MOST_DECIMALS


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\xff\xfe", b"[]", b"null", b"{", b'{"time": 7}', b'{"time": NaN}', b'{"time": "x", "plugins": 1e999}',
        b'{"time": "x", "plugins": true}', b"[" * 50_000, b'{"time": "\\ud800"}', b'{"time": "x", "load": [1]}',
        b'{"time": "x", "crashes": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_safe_words(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as told:
        health_of(payload)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < LONGEST_TEXT + 100


def test_what_would_take_long_to_read_is_refused() -> None:
    payload = b'{"a": [' + b",".join([b"{}"] * 60_000) + b"]}"
    for read in (reading_of, health_of, info_of, values_of):
        with pytest.raises(ValueError, match="has more than 4000 objects and lists"):
            read(payload)
    assert stamp_of(payload) == (None, None)


def test_a_reading_of_a_host_is_identified_without_reading_its_json() -> None:
    broken_before = b'{"temperature": ' + b"[" * 500 + reading(7)[-80:]
    assert stamp_of(broken_before) == (ReadingId(RUN, 7), NOW)


@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False), max_size=4))
def test_each_reading_that_a_host_stamps_is_identified_that_way(values: dict[str, object]) -> None:
    payload = stamped(ReadingPublished(round(NOW * 1e9), "light", values), RUN, 12).payload
    assert stamp_of(b"[" * 300 + payload[-90:]) == (ReadingId(RUN, 12), NOW)
    assert reading_of(payload) == {key: value for key, value in values.items() if key not in MARKS | {ADDED}}


def test_a_reading_that_another_program_wrote_is_identified_too() -> None:
    other = json.dumps({"mqtt": {"time": "2026-01-01T00:00:00Z", "id": f"{RUN}-7"}, "t": 1}, indent=2).encode()
    assert stamp_of(other) == (ReadingId(RUN, 7), NOW)


@given(st.text())
def test_a_text_of_the_driver_is_no_stamp(text: str) -> None:
    inner = json.dumps({"mqtt": {"id": f"{RUN}-1", "time": "2026-01-01T00:00:00Z"}})
    for body in ({"text": text + inner}, {"deeper": json.loads(inner)}):
        assert stamp_of(json.dumps(body).encode()) == (None, None)


@given(st.binary())
def test_no_payload_raises_an_error_when_its_stamp_is_read(payload: bytes) -> None:
    stamp_of(payload)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01T00:00:00.000Z", NOW), ("2026-01-01T01:00:00+01:00", NOW), ("2026-01-01T00:00:00", NOW),
        ("yesterday", None), ("", None), (None, None), (7, None), ("9" * 90, None),
        ("0001-01-01T00:00:00+23:00", -62_135_679_600.0),
    ],
)  # fmt: skip
def test_times_are_rfc_3339(text: object, seconds: float | None) -> None:
    assert unix_seconds(text) == seconds
