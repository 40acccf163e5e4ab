"""The numbers of a reading, and which of them are right."""

from __future__ import annotations

import pytest

from hostcore.trial.model import Ending, Turn
from hostcore.trial.readings import Truth, numbers_of


def answered(**values: float) -> Turn:
    return Turn(0, 0, Ending.ANSWERED, values)


def truth(*values: float, name: str = "value") -> Truth:
    return Truth([answered(**{name: value}) for value in values])


def error(known: Truth, **values: float) -> str:
    return known.error_of(answered(**values))


def test_numbers_are_found_at_every_level_and_words_and_flags_are_none() -> None:
    reading = {"temperature": 21.5, "ok": True, "air": {"index": 98, "method": "x"}, "axes": [1, 2.5, None]}
    assert numbers_of(reading) == {"temperature": 21.5, "air.index": 98, "axes.0": 1, "axes.1": 2.5}


def test_a_reading_of_any_size_is_looked_at_in_part() -> None:
    assert len(numbers_of({str(number): number for number in range(10_000)})) == 500
    deep: dict[str, object] = {"value": 1}
    for _ in range(100):
        deep = {"deeper": deep}
    assert numbers_of(deep) == {}


@pytest.mark.parametrize(
    ("value", "is_right"), [(100.0, True), (101.9, True), (98.1, True), (103.0, False), (0.0, False)]
)
def test_a_value_may_be_two_percent_off(value: float, is_right: bool) -> None:
    assert (error(truth(100.0, 100.0), value=value) == "") is is_right


def test_noise_widens_the_range() -> None:
    assert error(truth(-1.0, 1.0), value=1.9) == ""
    assert error(truth(-1.0, 1.0), value=2.1)


def test_counts_and_times_are_not_judged() -> None:
    assert error(truth(1, 2, 3), value=900) == ""
    assert error(truth(0, 0, 0), value=3) == ""
    assert error(truth(7, 7, 7), value=3)


def test_a_value_that_the_driver_has_only_under_a_fault_is_not_judged() -> None:
    assert error(truth(1.0), retries=3) == ""


def test_a_reading_of_words_alone_has_no_value() -> None:
    assert not truth(1.0).has_value(answered())
    assert not truth(1.0).has_value(answered(retries=1))
    assert truth().has_value(answered())


def test_a_chip_says_which_values_can_be() -> None:
    known = Truth([answered(light=10.0)], {"light": (0, 100)})
    assert not known.is_impossible(answered(light=50.0))
    assert known.is_impossible(answered(light=101.0))
    assert truth(50.0, name="humidity").is_impossible(answered(humidity=100.1))
    assert not truth(50.0).is_impossible(answered(value=1e9))


def test_a_value_that_never_changes_is_named() -> None:
    assert truth(21.5, 21.5).unchanging == ("value",)
    assert truth(21.5, 21.6).unchanging == truth(3, 3).unchanging == ()


def test_a_sensor_that_is_slow_by_itself_may_repeat_itself() -> None:
    slow = truth(1.0, 1.0, 1.0, 2.0)
    assert not slow.is_repeated([answered(value=1.0)] * 5)
    assert slow.is_repeated([answered(value=1.0)] * 6)
