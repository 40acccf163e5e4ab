"""Which values of a plugin are entities, over any readings."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.bodies import ValueInfo
from hostcore.home_assistant.shape import MOST_FOLLOWED, PATIENCE_READINGS, PATIENCE_SECONDS, Shape

KEYS = st.sampled_from("abcd")
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
READINGS = st.dictionaries(KEYS, LEAVES | st.dictionaries(KEYS, LEAVES, max_size=2), max_size=4)
STEPS = st.tuples(READINGS, st.sampled_from([0.0, 1.0, PATIENCE_SECONDS]), st.integers(1, PATIENCE_READINGS + 1))


def components(shape: Shape) -> set[str]:
    return {each.component for each in shape.values(lambda _: ValueInfo(""))}


@given(st.lists(STEPS, max_size=12))
def test_a_component_is_there_or_gone_and_never_both(steps: list[tuple[dict[str, Any], float, int]]) -> None:
    shape, now, seen = Shape(), 0.0, set[str]()
    for reading, seconds, times in steps:
        for _ in range(times):
            now += seconds
            shape.read(reading, now)
            seen |= components(shape)
        assert not components(shape) & set(shape.gone)
        assert components(shape) | set(shape.gone) == seen


def test_a_driver_with_new_keys_at_each_reading_costs_a_bounded_memory() -> None:
    shape = Shape()
    for number in range(3000):
        shape.read({f"k{number}": 1, f"t{number}": "x"}, number * 60.0)
    assert len(components(shape)) <= MOST_FOLLOWED
    assert len(shape.gone) <= MOST_FOLLOWED


def test_of_a_huge_reading_only_a_part_is_looked_at() -> None:
    shape = Shape()
    shape.read({f"k{number}": 1 for number in range(50_000)}, 0.0)
    assert len(components(shape)) == MOST_FOLLOWED
    assert shape.left_out == 800
