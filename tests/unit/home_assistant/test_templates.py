"""Templates for Home Assistant take what a driver wrote as data, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.home_assistant import jinja
from tests.home_assistant.rendering import rendered

PATHS = st.lists(st.text(max_size=20), min_size=1, max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda within: st.lists(within, max_size=3) | st.dictionaries(st.text(max_size=10), within, max_size=3),
    max_leaves=10,
)


@given(PATHS)
def test_a_number_is_found_at_any_keys(path: list[str]) -> None:
    reading: object = 42
    for key in reversed(path):
        reading = {key: reading}
    assert rendered(jinja.number(path), json.dumps(reading)) == "42"


@given(PATHS, JSON)
def test_no_payload_breaks_a_template(path: list[str], payload: object) -> None:
    text = json.dumps(payload)
    assert rendered(jinja.number(path), text)
    assert rendered(jinja.truth(path), text) in {"ON", "OFF", "None"}
    assert len(rendered(jinja.text(path), text)) <= jinja.LONGEST_STATE
    assert json.loads(rendered(jinja.within(path, "by"), text)).keys() == {"by"}


@given(st.text())
def test_a_constant_is_the_text_and_has_no_character_that_jinja_reads(text: str) -> None:
    written = jinja.literal(text)
    assert not set(written[1:-1]) & set("'\"{}%#\n")
    assert rendered(f"{{{{[{written}]|tojson}}}}", "") == rendered("{{[text]|tojson}}", "", text=text)


@pytest.mark.parametrize("payload", ["", "offline", "[]", "null", "{}", '{"a": {}}', '{"a": "21.5"}', '{"a": true}'])
def test_what_is_no_number_is_unknown(payload: str) -> None:
    assert rendered(jinja.number(["a"]), payload) == "None"


@pytest.mark.parametrize(
    ("payload", "state"),
    [('{"a": [[7]]}', "7"), ('{"a": {"0": [8]}}', "8"), ('{"a": [{"0": 9}]}', "9"), ('{"a": ["text"]}', "None")],
)
def test_a_place_in_a_list_is_not_mistaken_for_a_key(payload: str, state: str) -> None:
    assert rendered(jinja.number(["a", "0", "0"]), payload) == state


def test_a_long_text_is_cut_to_what_home_assistant_takes() -> None:
    assert rendered(jinja.text(["a"]), json.dumps({"a": "x" * 300})) == "x" * 250


def test_each_command_has_a_transaction_of_its_own_and_the_time() -> None:
    template = jinja.command({"name": jinja.literal("{{'fan'}}"), "state": "value"})
    given = [json.loads(rendered(template, "ON")) for _ in range(50)]
    assert {each["name"] for each in given} == {"{{'fan'}}"}
    assert {each["state"] for each in given} == {"ON"}
    assert len({each["transaction"] for each in given}) == len(given)
    assert all(len(each["transaction"]) <= 64 for each in given)
