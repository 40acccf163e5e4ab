"""A driver's statement is checked against Home Assistant's list. What does not fit is left out, and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.quantities import Quantity
from hostcore.quantities.check import LONGEST_NAME, LONGEST_UNIT, checked
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES, STATE_CLASSES

TEXTS = st.text(max_size=80)


def problem_of(quantity: Quantity) -> str:
    (problem,) = checked(quantity)[1]
    return problem


def test_a_statement_that_fits_is_used_as_it_is() -> None:
    quantity = Quantity("°C", "temperature", "measurement", 1, "Air temperature")
    assert checked(quantity) == (quantity, ())


@pytest.mark.parametrize("name", DEVICE_CLASSES)
def test_every_unit_of_every_class_fits(name: str) -> None:
    known = DEVICE_CLASSES[name]
    for unit in known.units:
        for state_class in known.state_classes or ("",):
            quantity = Quantity("EUR" if unit == ANY_UNIT else unit, name, state_class)
            assert checked(quantity) == (quantity, ())


def test_an_unknown_class_is_named_with_those_that_are_like_it() -> None:
    quantity, problems = checked(Quantity("°C", "temprature", "measurement"))
    assert quantity == Quantity("°C", "", "measurement"), "the unit is right, whatever the class"
    assert problems == ('found the unknown device_class "temprature"; did you mean temperature or temperature_delta?',)


def test_a_class_that_is_like_none_is_followed_by_the_whole_list() -> None:
    problem = problem_of(Quantity(device_class="zzz"))
    assert problem.startswith('found the unknown device_class "zzz"; allowed are absolute_humidity, ')
    assert problem_of(Quantity(state_class="zzz")).endswith(f"allowed are {', '.join(STATE_CLASSES)}")


def test_a_unit_that_does_not_fit_the_class_leaves_the_class_out() -> None:
    quantity, problems = checked(Quantity("C", "temperature", "measurement"))
    assert quantity == Quantity("C", "", "measurement")
    assert problems == ('found the unit "C" for device_class "temperature", allowed is °C or °F or K',)
    assert problem_of(Quantity("", "humidity")) == 'found no unit for device_class "humidity", allowed is %'
    assert problem_of(Quantity("pH", "ph")) == 'found the unit "pH" for device_class "ph", allowed is no unit'


def test_micro_has_two_characters_and_both_fit() -> None:
    for micro in "µμ":
        assert checked(Quantity(f"{micro}g/m³", "pm25"))[1] == ()


def test_a_state_class_that_the_class_forbids_is_left_out() -> None:
    quantity, problems = checked(Quantity("kWh", "energy", "measurement"))
    assert quantity == Quantity("kWh", "energy")
    assert problems == (
        'found state_class "measurement" for device_class "energy", allowed is total or total_increasing',
    )


@pytest.mark.parametrize("decimals", [-1, 10, 10**30])
def test_decimals_are_few(decimals: int) -> None:
    quantity, problems = checked(Quantity("V", decimals=decimals))
    assert quantity == Quantity("V")
    assert problems == ("found decimals out of range, allowed are 0 to 9",)


def test_a_unit_cannot_command_a_terminal() -> None:
    quantity, problems = checked(Quantity("\x1b[2J", name="a\u202eb"))
    assert quantity == Quantity()
    assert problems == (
        r"found the unit '\x1b[2J', which has characters that cannot be printed",
        r"found the name 'a\u202eb', which has characters that cannot be printed",
    )


@given(
    st.builds(Quantity, TEXTS, TEXTS | st.sampled_from(sorted(DEVICE_CLASSES)), TEXTS, st.none() | st.integers(), TEXTS)
)
def test_whatever_a_driver_states_the_rest_is_short_printable_and_stays_when_checked_again(stated: Quantity) -> None:
    quantity, problems = checked(stated)
    assert len(quantity.unit) <= LONGEST_UNIT
    assert len(quantity.name) <= LONGEST_NAME
    assert (quantity.unit + quantity.name).isprintable()
    assert quantity.device_class in {"", *DEVICE_CLASSES}
    assert quantity.state_class in {"", *STATE_CLASSES}
    assert all(each.isprintable() and len(each) < 1500 for each in problems)
    assert checked(quantity) == (quantity, ())
