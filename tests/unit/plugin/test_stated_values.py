"""A driver states what its values measure. The host keeps a bounded number of statements and tells a problem once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.plugin.stated_values import MOST_PROBLEMS, StatedValues
from hostcore.quantities import DescribedValue, Quantity
from hostcore.quantities.catalog import LONGEST_KEY, MOST_VALUES

CELSIUS = Quantity("°C", "temperature", "measurement", 1)


def test_statements_stay_in_the_order_of_the_first_ones_and_the_newest_holds() -> None:
    values = StatedValues()
    values.state("a", CELSIUS)
    values.state("b", Quantity("V"))
    values.state("a", Quantity("K"))
    assert values.all == (DescribedValue("a", Quantity("K")), DescribedValue("b", Quantity("V")))
    assert values.problems.take() == ()


def test_a_problem_names_the_line_the_key_and_the_remedy() -> None:
    values = StatedValues()
    values.state("air.temperature", Quantity("°C", "temprature"), source_line=12)
    assert values.problems.take() == (
        'line 12 describes "air.temperature": found the unknown device_class "temprature"; '
        "did you mean temperature or temperature_delta?",
    )
    assert values.all == (DescribedValue("air.temperature", Quantity("°C")),)


def test_a_problem_is_told_once_although_setup_repeats_it() -> None:
    values = StatedValues()
    for _ in range(3):
        values.state("a", Quantity(device_class="x"))
    assert len(values.problems.take()) == 1
    assert values.problems.take() == ()


def test_a_million_keys_take_the_room_of_two_hundred_and_one_line_of_log() -> None:
    values = StatedValues()
    for number in range(MOST_VALUES + 1000):
        values.state(f"k{number}", CELSIUS, source_line=3)
    assert len(values.all) == MOST_VALUES
    assert values.problems.take() == (f"line 3 describes more than {MOST_VALUES} values; the others are left out",)
    values.state("k0", Quantity("K"))
    assert values.all[0].quantity.unit == "K", "those that came first can still change"


def test_a_million_different_mistakes_are_told_only_at_first() -> None:
    values = StatedValues()
    for number in range(1000):
        values.state("a", Quantity(device_class=f"x{number}"))
    assert len(values.problems.take()) == MOST_PROBLEMS


def test_a_key_has_a_length() -> None:
    values = StatedValues()
    values.state("", CELSIUS)
    values.state("k" * (LONGEST_KEY + 1), CELSIUS)
    assert values.all == ()
    assert values.problems.take() == (
        "describes a key of 0 characters, allowed are 1 to 128",
        "describes a key of 129 characters, allowed are 1 to 128",
    )


def test_the_unit_behind_a_printed_number_is_stated_and_its_name_tells_the_class() -> None:
    values = StatedValues()
    for unit in ("C", "*C", "°C"):
        values.print("Air temp", unit)
    values.print("Light", "lux")
    assert values.all == (
        DescribedValue("Air temp", Quantity("°C", "temperature", "measurement")),
        DescribedValue("Light", Quantity("lx", "", "measurement")),
    )


def test_a_fahrenheit_that_is_printed_is_not_called_celsius() -> None:
    values = StatedValues()
    values.print("Temperature", "F")
    assert values.all[0].quantity == Quantity("°F", "temperature", "measurement")


def test_a_word_behind_a_number_that_is_no_unit_says_nothing() -> None:
    values = StatedValues()
    values.print("State", "ok")
    assert values.all == ()


def test_a_statement_goes_before_what_is_printed() -> None:
    values = StatedValues()
    values.print("Temp", "C")
    values.state("Temp", CELSIUS)
    values.print("Temp", "F")
    assert values.all == (DescribedValue("Temp", CELSIUS),)


def test_a_million_printed_names_take_the_room_of_two_hundred() -> None:
    values = StatedValues()
    for number in range(MOST_VALUES + 1000):
        values.print(f"n{number}", "V")
    assert len(values.all) == MOST_VALUES


@given(st.lists(st.tuples(st.text(max_size=140), st.builds(Quantity, st.text(), st.text(), st.text()))))
def test_any_statements_make_few_and_short_values(statements: list[tuple[str, Quantity]]) -> None:
    values = StatedValues()
    for key, quantity in statements:
        values.state(key, quantity)
    assert len({each.key for each in values.all}) == len(values.all)
    assert all(each.key and each.quantity.unit.isprintable() for each in values.all)
    assert all(len(each) < 2000 for each in values.problems.take())
