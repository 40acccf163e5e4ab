"""Readings become rows that stay where they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.events import AdjustedValue, LeftOut, ReadingFailed, ReadingPublished, RoundCompleted, ValuesDescribed
from hostcore.events.history import HistoryPoint
from hostcore.place import BusName
from hostcore.quantities import DescribedValue, Quantity
from hostcore.view.readings import MOST_ROWS, Readings, decimals_of
from hostcore.view.series import CAPACITY, LARGEST, LARGEST_GROUP, Series
from tests.scripted_session import plugin_facts

S = 1_000_000_000


def after(*readings: Any, plugin: str = "p") -> Readings:
    made = Readings()
    for number, reading in enumerate(readings, start=1):
        made.publish(ReadingPublished(number * S, plugin, reading))
    return made


def keys(readings: Readings, plugin: str = "p") -> list[str]:
    source = readings.source(plugin)
    assert source is not None
    return [".".join(path[1:]) for path in source.items]


def item(readings: Readings, *path: str) -> Any:
    source = readings.source(path[0])
    assert source is not None
    return source.items[path]


def test_a_nested_object_is_a_heading_with_its_values_below() -> None:
    readings = after({"a": 1, "air": {"index": 80.5, "method": "m"}, "z": [True, None]})
    assert keys(readings) == ["a", "air", "air.index", "air.method", "z", "z.0", "z.1"]
    assert item(readings, "p", "air").is_group
    assert item(readings, "p", "air", "index").depth == 2
    assert [item(readings, "p", "z", place).raw for place in "01"] == [True, None]


def test_a_key_that_comes_later_takes_its_place_and_one_that_goes_keeps_it() -> None:
    readings = after({"a": 1, "c": {"x": 1}, "d": 1}, {"a": 1, "b": 2, "c": {"y": 2}, "d": 1})
    assert keys(readings) == ["a", "b", "c", "c.y", "c.x", "d"]
    assert item(readings, "p", "c", "x").time_ns == 1 * S, "its age tells that it is gone"
    assert item(readings, "p", "c", "y").time_ns == 2 * S


def test_structure_grows_only_when_rows_come_or_go() -> None:
    readings = after({"a": 1})
    before = readings.structure
    readings.publish(ReadingPublished(9 * S, "p", {"a": 2}))
    assert readings.structure == before
    readings.publish(ReadingPublished(9 * S, "p", {"a": 2, "b": 1}))
    assert readings.structure > before


def test_a_value_remembers_when_it_changed() -> None:
    readings = after({"a": 1.5, "b": 1}, {"a": 1.5, "b": 2})
    assert item(readings, "p", "a").changed_ns == 1 * S
    assert item(readings, "p", "b").changed_ns == 2 * S


def test_a_number_keeps_the_most_digits_after_the_point_that_it_ever_had() -> None:
    readings = after({"a": 21.25}, {"a": 21.5})
    assert item(readings, "p", "a").decimals == 2


def test_an_error_stands_beside_the_last_values_until_the_next_reading() -> None:
    readings = after({"a": 1})
    readings.fail(ReadingFailed(2 * S, "p", "nobody\x1b[31m answered"))
    source = readings.source("p")
    assert source is not None
    assert source.error == "nobody\x1b[31m answered", "it is escaped where it is shown"
    assert keys(readings) == ["a"]
    assert readings.latest == {"p": {"error": "nobody\x1b[31m answered"}}
    readings.publish(ReadingPublished(3 * S, "p", {"a": 1}))
    assert source.error == ""


def test_drivers_stand_in_the_order_of_the_settings() -> None:
    readings = Readings()
    readings.know((plugin_facts("first"), plugin_facts("second")))
    for name in ("second", "stranger", "first"):
        readings.publish(ReadingPublished(S, name, {}))
    assert [source.plugin for source in readings.sources()] == ["first", "second", "stranger"]


def test_a_plugin_that_invents_keys_gets_a_bounded_number_of_rows() -> None:
    readings = Readings()
    for number in range(20):
        readings.publish(ReadingPublished(number, "p", {f"{number}-{key}": key for key in range(500)}))
    source = readings.source("p")
    assert source is not None
    assert len(source.items) == MOST_ROWS
    assert source.left_out == 500 - MOST_ROWS
    assert next(iter(source.items))[1] == "19-0", "the rows are those of the newest reading"


def test_what_lies_very_deep_is_one_row() -> None:
    reading: Any = 1
    for _ in range(900):
        reading = {"k": reading}
    assert len(keys(after(reading))) < 10


def test_an_integer_that_no_float_can_hold_is_kept_and_has_no_curve() -> None:
    huge = item(after({"a": 10**400}), "p", "a")
    assert huge.raw == 10**400
    assert len(huge.series.values) == 0


json_keys = st.sampled_from("abc")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_keys, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(json_keys, json_values, max_size=3), max_size=4))
def test_whatever_json_comes_every_child_stands_below_its_parent(readings: list[dict[str, Any]]) -> None:
    made = after(*readings)
    for source in made.sources():
        open_paths: list[tuple[str, ...]] = [("p",)]
        for path in source.items:
            while open_paths[-1] != path[:-1]:
                open_paths.pop()
                assert open_paths, f"{path} is not below its parent"
            open_paths.append(path)


def test_the_unit_that_a_driver_states_goes_before_the_guess() -> None:
    readings = Readings()
    kelvin = Quantity("K", "temperature", "measurement", 1)
    readings.describe(ValuesDescribed(S, "p", (DescribedValue("air.temperature", kelvin),)))
    readings.publish(ReadingPublished(S, "p", {"air": {"temperature": 293.125, "humidity": 40}}))
    assert item(readings, "p", "air", "temperature").quantity == kelvin
    assert item(readings, "p", "air", "temperature").decimals == 1, "the driver asks for fewer than the value has"
    assert item(readings, "p", "air", "humidity").quantity == Quantity("%", "humidity", "measurement", is_guessed=True)


def test_a_new_statement_holds_for_the_rows_that_are_there() -> None:
    readings = after({"temperature": 21.25})
    described = item(readings, "p", "temperature")
    readings.describe(ValuesDescribed(2 * S, "p", (DescribedValue("temperature", Quantity("°F")),)))
    assert (described.quantity.unit, described.decimals) == ("°F", 2)
    readings.describe(ValuesDescribed(3 * S, "p", ()))
    assert (described.quantity.unit, described.quantity.is_guessed) == ("°C", True)


def test_a_driver_that_is_gone_leaves_no_statement() -> None:
    readings = Readings()
    readings.describe(ValuesDescribed(S, "p", (DescribedValue("a", Quantity("K")),)))
    readings.know(())
    readings.publish(ReadingPublished(S, "p", {"a": 1}))
    assert item(readings, "p", "a").quantity.is_guessed


def test_a_series_keeps_the_last_points_and_the_extremes_of_all() -> None:
    series = Series()
    for number in range(10_000):
        series.add(number * S, number)
    assert CAPACITY <= len(series.values) <= CAPACITY * 9 // 8
    assert (series.lowest, series.highest) == (0, 9999)
    times, values = series.since(9_990.5)
    assert list(values) == [9990, *range(9991, 10_000)]
    assert len(times) == len(values)


@settings(deadline=None)
@given(st.integers(1, 500), st.integers(1, 30))
def test_a_trend_fits_and_ends_with_the_newest(count: int, width: int) -> None:
    series = Series()
    for number in range(count):
        series.add(number, number)
    trend = series.trend(width)
    assert 1 <= len(trend) <= width
    assert trend == sorted(trend)
    assert trend[-1] > count - 1 - 32


def stored(number: int, value: float) -> HistoryPoint:
    return HistoryPoint(number * S, value, value, value, 1)


@given(st.integers(0, 3 * CAPACITY), st.integers(0, 3 * CAPACITY), st.integers(0, 200), st.integers(1, 62))
def test_stored_values_are_the_trend_before_the_live_ones(earlier: int, live: int, then: int, width: int) -> None:
    series, total = Series(), earlier + live + then
    for number in range(earlier, earlier + live):
        series.add(number * S, number)
    series.prime(stored(number, number) for number in range(earlier))
    for number in range(earlier + live, total):
        series.add(number * S, number)
    trend = series.trend(width)
    assert trend == sorted(trend) and len(trend) <= width
    if total:
        assert total - LARGEST_GROUP <= trend[-1] < total
        assert (series.lowest, series.highest) == (0, total - 1)
        assert len(trend) >= min(width, total) // 2
    assert list(series.values) == list(range(total - len(series.values), total)), "stored values are not live ones"
    assert len(series.values) <= live + then


def test_a_stored_point_of_many_values_is_as_long_in_the_trend() -> None:
    coarse, fine = Series(), Series()
    coarse.prime(HistoryPoint(number * S, number, number, number, 16) for number in range(20))
    fine.prime(stored(number, number // 16) for number in range(320))
    assert coarse.trend(8) == fine.trend(8)
    coarse.prime([HistoryPoint(0, 7, 7, 7, 10**12)] * 100)
    assert len(coarse.trend(10 * CAPACITY)) < 2 * CAPACITY, "its memory is bounded"


def test_stored_values_that_are_no_numbers_are_left_out() -> None:
    series = Series()
    series.prime([stored(0, float("nan")), stored(1, float("inf")), stored(2, 1e301)])
    assert series.trend(8) == [LARGEST]


def test_a_new_point_leaves_the_earlier_part_of_a_trend_alone() -> None:
    series = Series()
    for number in range(100):
        series.add(number, number % 7)
    before = series.trend(10)
    series.add(100, 3)
    after_one = series.trend(10)
    assert after_one[:-1] in (before[:-1], before[1:])


def test_a_driver_whose_reading_a_round_has_no_room_for_is_marked_until_a_round_has() -> None:
    readings = after({"picture": "x"}, plugin="camera")
    readings.publish(ReadingPublished(S, "light", {"lux": 3}))
    readings.complete(RoundCompleted(S, 1, {}, (LeftOut("camera", 600_000, 1, "too large"),)))
    assert [(each.plugin, each.is_left_out) for each in readings.sources()] == [("camera", True), ("light", False)]
    readings.complete(RoundCompleted(2 * S, 2, {}))
    assert not any(each.is_left_out for each in readings.sources())


def test_not_a_number_is_no_point_of_a_curve() -> None:
    series = Series()
    for value in (float("nan"), 2.0, float("nan"), 3.0):
        series.add(0, value)
    assert ([*series.values], series.lowest, series.highest) == ([2.0, 3.0], 2.0, 3.0)
    assert after({"x": float("nan")}).source("p") is not None


def test_each_value_knows_whether_it_depends_on_a_simulated_bus() -> None:
    readings = after({"a": 1, "b": 1})
    readings.publish(ReadingPublished(2 * S, "p", {"a": 2}, (BusName("i2c-1"),)))
    source = readings.source("p")
    assert source is not None
    assert source.simulated == ("i2c-1",)
    assert (item(readings, "p", "a").is_simulated, item(readings, "p", "b").is_simulated) == (True, False)
    assert readings.latest == {"p": {"a": 2, "simulated": ["i2c-1"]}}
    readings.fail(ReadingFailed(3 * S, "p", "gone", (BusName("gpio"),)))
    assert source.simulated == ("gpio",)
    assert readings.latest == {"p": {"error": "gone", "simulated": ["gpio"]}}


def test_a_value_that_a_filter_holds_grows_old_and_keeps_the_newest_raw_value_beside() -> None:
    readings = Readings()
    path = ("temperature",)
    first, held = AdjustedValue(path, 21.4), AdjustedValue(path, 21.6, is_held=True)
    readings.publish(ReadingPublished(S, "p", {"temperature": 20, "humidity": 40}, adjusted=(first,)))
    readings.publish(ReadingPublished(3 * S, "p", {"temperature": 20, "humidity": 40}, adjusted=(held,)))
    temperature, humidity = item(readings, "p", "temperature"), item(readings, "p", "humidity")
    assert (temperature.time_ns, humidity.time_ns) == (S, 3 * S)
    assert temperature.adjusted == held
    assert humidity.adjusted is None


@pytest.mark.parametrize(
    ("value", "decimals"),
    [
        (388 / 1.2, 2),
        (22.780000686645508, 2),
        (0.1 + 0.2, 1),
        (51.123456, 4),
        (22.83, 2),
        (101325.12345678912, 0),
        (5.0, 0),
    ],
)
def test_a_number_that_its_driver_did_not_round_is_told_with_five_digits(value: float, decimals: int) -> None:
    assert decimals_of(value) == decimals
