"""A round has bounds: its largest readings are left out, small ones stay, and nothing dies of the largest round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.config.model import Limits
from hostcore.round_size import MOST_BYTES, MOST_VALUES, STALE_BYTES, fitted, portion_of
from tests.sandbox import Sandbox

LARGEST = Limits().reading_bytes
"""Bytes of the largest reading that a driver may return by default."""
READINGS: dict[str, Any] = {
    "small": {"x": 1},
    "bytes": {"text": "x" * (LARGEST - 20)},
    "wide": {"text": "\\" * (LARGEST // 2 - 20)},
    "values": {"list": [1] * (LARGEST // 3)},
    "empty": {"": [{}] * (LARGEST // 4)},
}


def fitted_readings(readings: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The readings of a round, and the plugins that it has no room for."""
    kept, left_out = fitted({name: portion_of(name, reading, {}) for name, reading in readings.items()})
    return {name: portion.reading for name, portion in kept.items()}, [each.plugin for each in left_out]


def count(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 1
    return 1 + sum(map(count, value.values() if isinstance(value, dict) else value))


def test_a_usual_round_is_complete() -> None:
    readings = {f"driver{number}": {"a": 1, "b": {"c": [1, 2]}} for number in range(100)}
    assert fitted_readings(readings) == (readings, [])


def test_a_reading_that_is_too_large_alone_becomes_an_error_that_names_its_size_and_the_bounds() -> None:
    kept, left_out = fitted_readings({"a": {"x": 1}, "camera": {"pixels": [7] * 30_000}, "z": {"x": 2}})
    assert left_out == ["camera"]
    assert (kept["a"], kept["z"]) == ({"x": 1}, {"x": 2})
    assert [*kept["camera"]] == ["error"]
    for words in ("90,024 bytes", "30,002 values", f"{MOST_BYTES:,} bytes", f"{MOST_VALUES:,} values"):
        assert words in kept["camera"]["error"]


def test_the_largest_goes_first_and_only_as_many_as_necessary() -> None:
    sizes = {"a": 0.1, "b": 0.5, "c": 0.2, "d": 0.4, "e": 0.1}
    _, left_out = fitted_readings({name: {"text": "x" * int(MOST_BYTES * size)} for name, size in sizes.items()})
    assert left_out == ["b"]
    _, left_out = fitted_readings({name: {"": [1] * int(MOST_VALUES * size)} for name, size in sizes.items()})
    assert left_out == ["b"]


def test_a_reading_with_many_values_stays_in_a_round_that_has_too_many_bytes() -> None:
    many = {"": [1] * (MOST_VALUES - 1_000)}
    large, medium = {"text": "x" * (MOST_BYTES * 3 // 4)}, {"text": "x" * (MOST_BYTES // 4)}
    _, left_out = fitted_readings({"many": many, "large": large, "medium": medium})
    assert left_out == ["large"]


def test_among_equals_the_first_by_name_goes_so_that_it_is_the_same_one_each_round() -> None:
    _, left_out = fitted_readings({name: {"text": "x" * 200_000} for name in "cab"})
    assert left_out == ["a"]


def test_the_other_keys_of_a_reading_count_and_go_with_it() -> None:
    aliases = {"dht22": {"temp": "x" * MOST_BYTES}}
    kept, left_out = fitted({"old": portion_of("old", {"x": 1}, aliases), "new": portion_of("new", {"x": 1}, {})})
    assert [each.plugin for each in left_out] == ["old"]
    assert (kept["old"].aliases, kept["new"].reading) == ({}, {"x": 1})


@given(st.lists(st.sampled_from([*READINGS]), max_size=60))
@settings(max_examples=15)
def test_any_drivers_make_a_round_within_its_bounds(kinds: list[str]) -> None:
    kept, left_out = fitted_readings({f"{kind}-{number}": READINGS[kind] for number, kind in enumerate(kinds)})
    assert len(json.dumps({"timestamp": "2026-01-31T08:00:00.123Z", **kept})) <= MOST_BYTES
    assert count(kept) <= MOST_VALUES
    assert not [name for name in left_out if name.startswith("small")]


def test_thousands_of_small_readings_are_not_replaced_by_errors_that_are_larger() -> None:
    readings = {f"driver{number}": {"value": number} for number in range(MOST_VALUES)}
    assert fitted_readings(readings) == (readings, [])


# What a guest with the default memory can take

CARELESS = """
    import html, json
    kept = []
    def render(readings):
        kept.append(readings)
        del kept[:-2]
        text = html.escape(json.dumps(readings, indent=1, ensure_ascii=False)) + html.escape(str(readings))
        return text[:250_000]
"""
"""A page that keeps rounds, and makes several texts of each."""
EACH = MOST_VALUES // 24 - 6
"""Values of each of 24 drivers that fill a round."""
ROOM = MOST_BYTES // 24 - 40 - STALE_BYTES
"""Bytes of each of them."""


def full_round(value: Any) -> str:
    """The largest round with 24 drivers that read this."""
    kept, left_out = fitted_readings({f"d{number}": {"v": value} for number in range(24)})
    assert not left_out
    return json.dumps({"timestamp": "2026-01-31T08:00:00.123Z", **kept})


def deep(levels: int) -> list[Any]:
    return [deep(levels - 1)] if levels else []


FULL = {
    "one text of four bytes a character": "\U0001f600" + "x" * (ROOM - 12),
    "many texts": ["\U0001f600" + "x" * (ROOM // EACH - 16)] * EACH,
    "many keys": {f"\U0001f600{number:04}{'x' * (ROOM // EACH - 24)}": 1 for number in range(EACH)},
    "deep": [deep(60)] * (EACH // 61 - 1),
    "empty lists": [[]] * EACH,
    "empty objects": [{}] * EACH,
    "numbers": [1234567.891] * EACH,
}


@pytest.fixture(scope="module")
def full_rounds() -> list[str]:
    return [full_round(value) for value in FULL.values()]


def test_a_careless_page_with_the_default_memory_survives_the_largest_rounds(
    sandbox: Sandbox, full_rounds: list[str]
) -> None:
    page = sandbox.load(CARELESS)
    for text in (*full_rounds, *full_rounds):
        assert page.render(text)
    assert page.memory_bytes() < 48 << 20, "a quarter of the memory is left"


@pytest.mark.parametrize("name", ["oled", "dashboard"])
def test_the_shipped_display_and_page_survive_the_largest_rounds_with_half_the_memory(
    sandbox: Sandbox, full_rounds: list[str], name: str
) -> None:
    plugin = sandbox.load_file(_shipped(name), "i2c:1:0x3c", memory_mib=32)
    for text in full_rounds:
        assert plugin.update(text) is None if "display" in plugin.provides else plugin.render(text)


def _shipped(name: str) -> Path:
    return shipped.folder() / "plugins" / f"{name}.py"
