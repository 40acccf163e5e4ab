"""What becomes of a driver's values: filters, other keys, units, and everything that is no number."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hostcore.adjustments.adjuster import PATIENCE, Adjuster
from hostcore.adjustments.model import Adjustment, Delta, Filter, Line, Median, MovingAverage, Throttle
from hostcore.adjustments.paths import ABSENT
from hostcore.clock import NS_PER_S
from hostcore.events import AdjustedValue
from hostcore.quantities import DescribedValue, Quantity

TWO_POINTS = Line.through(((1.0, 0.0), (3.0, 10.0)))
HUGE = 10**400


def through(*filters: Filter, values: list[float], every_s: float = 1.0) -> list[object]:
    """What is published of these values, one after the other."""
    adjuster = Adjuster([Adjustment(("t",), filters)])
    return [adjuster.adjust({"t": each}, round(n * every_s * NS_PER_S))[0]["t"] for n, each in enumerate(values)]


def once(reading: dict[str, Any], *adjustments: Adjustment) -> tuple[Any, tuple[AdjustedValue, ...]]:
    return Adjuster(adjustments).adjust(reading, 0)


@pytest.mark.parametrize(
    ("wanted", "values", "published"),
    [
        (Line(intercept=-1.5), [21.4, 20], [19.9, 18.5]),
        (Line(0.1), [215], [21.5]),
        (TWO_POINTS, [1, 2, 3, 5], [0, 5, 10, 20]),
        (Line.through(((0, 0), (1, 2), (2, 2))), [0, 1], [1 / 3, 4 / 3]),
        (Median(3), [1, 9, 2, 3], [1, 5, 2, 3]),
        (MovingAverage(2), [1, 3, 5], [1, 2, 4]),
        (Delta(0.5), [1, 1.4, 1.5, 1.1, 0.9], [1, 1, 1.5, 1.5, 0.9]),
        (Throttle(2), [1, 2, 3, 4, 5], [1, 1, 3, 3, 5]),
    ],
)
def test_a_filter(wanted: Filter, values: list[float], published: list[float]) -> None:
    assert through(wanted, values=values) == pytest.approx(published)


def test_filters_act_in_their_order() -> None:
    assert through(Line(intercept=1), Line(2), values=[3]) == [8]
    assert through(Line(2), Line(intercept=1), values=[3]) == [7]


def test_a_filter_behind_one_that_holds_sees_only_what_passes() -> None:
    assert through(Throttle(2), MovingAverage(2), values=[1, 100, 3, 100, 5]) == [1, 1, 2, 2, 4]


def test_a_sum_has_no_noise_in_its_last_digits() -> None:
    assert json.dumps(through(Line(intercept=-1.5), values=[21.4])) == "[19.9]"


def test_what_was_measured_is_told_beside_and_whether_the_value_is_an_older_one() -> None:
    adjuster = Adjuster([Adjustment(("air", "t"), (Delta(1),), rename="temperature")])
    path = ("air", "temperature")
    assert adjuster.adjust({"air": {"t": 1}}, 0) == ({"air": {"temperature": 1}}, (AdjustedValue(path, 1.0),))
    held = ({"air": {"temperature": 1}}, (AdjustedValue(path, 1.5, is_held=True),))
    assert adjuster.adjust({"air": {"t": 1.5}}, 1) == held


def test_the_drivers_own_reading_does_not_change() -> None:
    reading = {"air": {"t": 1}, "list": [1, 2]}
    once(reading, Adjustment(("air", "t"), (Line(intercept=1),), "x"), Adjustment(("list", "1"), (Line(intercept=1),)))
    assert reading == {"air": {"t": 1}, "list": [1, 2]}


def test_a_place_in_a_list_is_its_number() -> None:
    reading, values = once({"list": [1, {"t": 2}]}, Adjustment(("list", "1", "t"), (Line(intercept=1),)))
    assert reading == {"list": [1, {"t": 3}]}
    assert values == (AdjustedValue(("list", "1", "t"), 2.0),)


@pytest.mark.parametrize("value", ["21.4", True, None, HUGE, {}, [], {"t": 1}, [1]])
def test_what_is_no_number_of_a_float_stays_as_it_is(value: object) -> None:
    assert once({"t": value}, Adjustment(("t",), (Line(intercept=1),))) == ({"t": value}, ())


@pytest.mark.parametrize("path", ["u", "t.u", "list.2", "list.x", "list.-1"])
def test_a_value_that_is_missing_changes_nothing(path: str) -> None:
    reading = {"t": 1, "list": [1, 2]}
    assert once(reading, Adjustment(tuple(path.split(".")), (Line(intercept=1),), "new")) == (reading, ())


def test_a_result_that_no_float_holds_is_no_value_and_the_next_one_is_again() -> None:
    assert through(Line(1e12), Line(1e12), MovingAverage(2), values=[1e300, 1, 1]) == [None, 1e24, 1e24]


def test_an_adjusted_value_is_found_by_the_drivers_own_keys() -> None:
    adjuster = Adjuster([Adjustment(("in", "temperature"), (Line(1.0, -1.5),), rename="air"), Adjustment(("lux",))])
    published, _ = adjuster.adjust({"in": {"temperature": 21.5}, "lux": 3}, 0)
    assert published == {"in": {"air": 20.0}, "lux": 3}
    assert adjuster.found(published, ("in", "temperature")) == 20.0
    assert (adjuster.found(published, ("lux",)), adjuster.found(published, ("in", "humidity"))) == (3, ABSENT)


def test_a_renamed_value_keeps_its_place() -> None:
    reading, _ = once({"a": 1, "t": 2, "z": 3}, Adjustment(("t",), rename="temperature"))
    assert list(reading.items()) == [("a", 1), ("temperature", 2), ("z", 3)]


def test_text_can_be_renamed_and_a_group_cannot() -> None:
    assert once({"t": "on"}, Adjustment(("t",), rename="state"))[0] == {"state": "on"}
    assert once({"t": {"x": 1}}, Adjustment(("t",), rename="state"))[0] == {"t": {"x": 1}}


def test_a_new_name_that_the_driver_uses_already_is_not_taken_and_that_is_told_once() -> None:
    adjuster = Adjuster([Adjustment(("t",), (Line(intercept=1),), "u")])
    for _ in range(2):
        assert adjuster.adjust({"t": 1, "u": 5}, 0) == ({"t": 2, "u": 5}, (AdjustedValue(("t",), 1.0),))
    (problem,) = adjuster.problems.take()
    assert problem == "host.toml renames t to u, but the driver has a value of that name; both keep their names"


def test_a_key_that_never_comes_is_told_once_with_those_that_do() -> None:
    adjuster = Adjuster([Adjustment(("temprature",))])
    problems: list[str] = []
    for _ in range(2 * PATIENCE):
        adjuster.adjust({"temperature": 1, "humidity": 2}, 0)
        problems += adjuster.problems.take()
    assert problems == [
        "host.toml adjusts temprature, but the driver has published no such value in 30 readings; it publishes: "
        "temperature, humidity"
    ]


def test_a_key_that_is_only_sometimes_missing_is_no_mistake() -> None:
    adjuster = Adjuster([Adjustment(("gas",))])
    adjuster.adjust({"gas": 1}, 0)
    for _ in range(2 * PATIENCE):
        adjuster.adjust({"temperature": 1}, 0)
    assert not adjuster.problems.take()


def test_other_settings_hold_from_the_next_reading_on_and_the_rest_goes_on_as_before() -> None:
    average = Adjustment(("a",), (MovingAverage(2),))
    adjuster = Adjuster([average, Adjustment(("b",), (Line(intercept=1),))])
    adjuster.adjust({"a": 1, "b": 1}, 0)
    adjuster.use([average, Adjustment(("b",), (Line(intercept=5),))])
    assert adjuster.adjust({"a": 3, "b": 1}, 1)[0] == {"a": 2, "b": 6}
    adjuster.use([])
    assert adjuster.adjust({"a": 3, "b": 1}, 2) == ({"a": 3, "b": 1}, ())


def test_another_version_of_the_driver_begins_without_the_values_before() -> None:
    adjuster = Adjuster([Adjustment(("t",), (MovingAverage(2), Delta(5)))])
    adjuster.adjust({"t": 1}, 0)
    adjuster.restart()
    assert adjuster.adjust({"t": 3}, 1)[0] == {"t": 3}


STATED = (DescribedValue("temperature", Quantity("°C", "temperature", "measurement", 2, "Air")),)


@pytest.mark.parametrize(
    ("adjustment", "expected"),
    [
        (Adjustment(("temperature",), (Line(intercept=1),)), STATED),
        (Adjustment(("temperature",), rename="air"), (DescribedValue("air", STATED[0].quantity),)),
        (
            Adjustment(("temperature",), unit="°F", decimals=0),
            (DescribedValue("temperature", Quantity("°F", "temperature", "measurement", 0, "Air", is_set=True)),),
        ),
        (
            Adjustment(("temperature",), unit="V"),
            (DescribedValue("temperature", Quantity("V", "", "measurement", 2, "Air", is_set=True)),),
        ),
        (
            Adjustment(("humidity",), rename="damp"),
            (
                DescribedValue("damp", Quantity("%", "humidity", "measurement", is_guessed=True)),
                *STATED,
            ),
        ),
    ],
)
def test_the_settings_come_before_the_driver_and_the_driver_before_a_guess(
    adjustment: Adjustment, expected: tuple[DescribedValue, ...]
) -> None:
    assert Adjuster([adjustment]).described(STATED) == expected


def test_without_adjustments_the_drivers_words_are_passed_on_as_they_are() -> None:
    assert Adjuster().described(STATED) is STATED


NUMBERS = st.integers(-(10**310), 10**310) | st.floats(allow_nan=False, allow_infinity=False)
FILTERS = st.lists(
    st.builds(Line, st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
    | st.builds(Median, st.integers(1, 5))
    | st.builds(MovingAverage, st.integers(1, 5))
    | st.builds(Throttle, st.floats(0.1, 10))
    | st.builds(Delta, st.floats(0, 1e12))
    | st.just(TWO_POINTS),
    max_size=5,
)
READINGS = st.dictionaries(st.sampled_from(["t", "u", "v"]), NUMBERS | st.text() | st.booleans() | st.none())


@given(filters=FILTERS, readings=st.lists(READINGS, max_size=8))
def test_whatever_is_measured_the_result_is_json_with_the_drivers_other_values_untouched(
    filters: list[Filter], readings: list[dict[str, Any]]
) -> None:
    adjuster = Adjuster([Adjustment(("t",), tuple(filters), "u")])
    for second, reading in enumerate(readings):
        published, values = adjuster.adjust(reading, second * NS_PER_S)
        json.dumps(published, allow_nan=False)
        assert {key: value for key, value in published.items() if key not in {"t", "u"}} == {
            key: value for key, value in reading.items() if key not in {"t", "u"}
        }
        assert len(published) == len(reading)
        assert all(math.isfinite(each.measured) and each.path[0] in published for each in values)


@given(points=st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-1000, 1000)), min_size=2, max_size=2))
def test_a_line_through_two_points_meets_both(points: list[tuple[int, int]]) -> None:
    assume(points[0][0] != points[1][0])
    line = Line.through(points)
    for measured, true in points:
        assert measured * line.slope + line.intercept == pytest.approx(true, abs=1e-6)


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), window=st.integers(1, 7))
def test_a_window_stays_between_the_least_and_the_greatest_of_its_values(values: list[float], window: int) -> None:
    for wanted in (Median(window), MovingAverage(window)):
        for place, found in enumerate(through(wanted, values=values)):
            latest = values[max(0, place + 1 - window) : place + 1]
            assert isinstance(found, float)
            assert min(latest) - 1e-5 <= found <= max(latest) + 1e-5
