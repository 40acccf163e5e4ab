"""Rows that a column sorts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import ReadingPublished
from hostcore.view.readings import Readings
from tui.readings.rows import AGE, EXTREMES, KEYS, NAME, NOW, Row, rows_of
from tui.sorting import Sorting, SortKey

Animal = tuple[str, int | None]
ANIMALS: list[Animal] = [("newt", 4), ("eel", None), ("ant", 6), ("cow", 4)]
S = 1_000_000_000


def animals() -> Sorting[Animal]:
    return Sorting({"name": SortKey(lambda each: each[0], is_descending=False), "legs": SortKey(lambda each: each[1])})


def names(sorting: Sorting[Animal]) -> str:
    return " ".join(name for name, _ in sorting.sorted(ANIMALS))


def test_rows_are_sorted_by_one_column_after_the_other_and_then_as_they_were() -> None:
    sorting, seen = animals(), []
    for _ in range(4):
        seen.append((sorting.column, names(sorting)))
        sorting.choose_next(["name", "picture", "legs"])
    assert seen == [
        ("", "newt eel ant cow"),
        ("name", "ant cow eel newt"),
        ("legs", "ant newt cow eel"),
        ("", "newt eel ant cow"),
    ]


def test_the_other_way_keeps_equal_rows_in_place_and_empty_ones_last() -> None:
    sorting = animals()
    sorting.choose_next(["legs"])
    sorting.turn_round()
    assert names(sorting) == "newt cow ant eel"


def test_rows_in_their_own_order_have_no_other_way() -> None:
    sorting = animals()
    sorting.turn_round()
    assert names(sorting) == "newt eel ant cow"
    sorting.choose_next(["name"])
    assert names(sorting) == "ant cow eel newt"


def test_a_column_that_is_out_of_sight_is_followed_by_the_first() -> None:
    sorting = animals()
    sorting.choose_next(["legs"])
    sorting.choose_next(["name"])
    assert sorting.column == "name"


def readings(*events: ReadingPublished) -> Readings:
    found = Readings()
    for event in events:
        found.publish(event)
    return found


def keys(found: Readings, *titles: str) -> list[str]:
    """The keys of all rows, sorted by the last of these columns."""
    sorting: Sorting[Row] = Sorting(KEYS)
    for title in titles:
        sorting.choose_next([title])
    return [".".join(item.path) for _, item in rows_of(found.sources(), "", set(), sorting)]


AIR = {"temperature": 21.5, "gas": {"ppm": 400, "index": 99}, "lux": 90, "words": "bright"}


def test_numbers_are_sorted_below_their_heading_the_greatest_first() -> None:
    found = readings(ReadingPublished(S, "light", {"lux": 7}), ReadingPublished(S, "air", AIR))
    assert keys(found, NOW) == [
        "light", "light.lux",
        "air", "air.lux", "air.temperature", "air.gas", "air.gas.ppm", "air.gas.index", "air.words",
    ]  # fmt: skip


def test_keys_are_sorted_as_words_and_places_in_lists_as_numbers() -> None:
    found = readings(ReadingPublished(S, "light", {"b": list(range(11)), "a": 1}), ReadingPublished(S, "air", {}))
    assert keys(found, NAME) == ["air", "light", "light.a", "light.b", *(f"light.b.{place}" for place in range(11))]


def test_the_oldest_values_and_drivers_come_first() -> None:
    found = readings(
        ReadingPublished(1 * S, "air", {"old": 1, "new": 2}),
        ReadingPublished(3 * S, "air", {"new": 2}),
        ReadingPublished(2 * S, "light", {"lux": 7}),
    )
    assert keys(found, AGE) == ["light", "light.lux", "air", "air.old", "air.new"]


def test_values_that_vary_most_come_first() -> None:
    found = readings(*(ReadingPublished(S, "air", {"calm": 1000 + n, "wild": 5 * n}) for n in range(3)))
    assert keys(found, EXTREMES) == ["air", "air.wild", "air.calm"]


VALUES = st.floats(allow_nan=True) | st.integers() | st.booleans() | st.none() | st.text(max_size=3)
TREES = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


@given(st.dictionaries(st.text(max_size=3), TREES, max_size=5), st.sampled_from(list(KEYS)))
def test_no_reading_of_any_shape_loses_a_row_by_being_sorted(reading: dict[str, object], title: str) -> None:
    found = readings(ReadingPublished(S, "air", reading), ReadingPublished(2 * S, "air", {"last": 1, **reading}))
    assert sorted(keys(found, title)) == sorted(keys(found))
