"""The newest round of readings."""

from __future__ import annotations

import json

from hostcore.events import RoundCompleted
from hostcore.view.rounds import Rounds


def text_after(*rounds: RoundCompleted) -> str:
    seen = Rounds()
    for each in rounds:
        seen.complete(each)
    return seen.text


def test_before_the_first_round_the_readings_are_empty() -> None:
    assert json.loads(text_after()) == {}


def test_the_newest_round_is_shown() -> None:
    first, second = RoundCompleted(1, 1, {"light": {"lux": 3}}), RoundCompleted(2, 2, {"light": {"lux": "½"}})
    assert json.loads(text_after(first, second)) == {"light": {"lux": "½"}}


def test_a_round_is_written_once_and_the_next_one_replaces_it() -> None:
    seen = Rounds()
    seen.complete(RoundCompleted(1, 1, {"light": 1}))
    assert seen.text is seen.text
    seen.complete(RoundCompleted(2, 2, {"light": 2}))
    assert json.loads(seen.text) == {"light": 2}


def test_a_reading_nested_deeper_than_json_can_be_written_is_told_as_such() -> None:
    nested: object = 1
    for _ in range(100_000):
        nested = [nested]
    assert "not fit for JSON" in json.loads(text_after(RoundCompleted(1, 1, {"deep": nested})))["error"]
