"""The host guesses what a value measures from the words of its key, and says that it is a guess."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.quantities import Catalog, DescribedValue, Quantity
from hostcore.quantities.check import checked
from hostcore.quantities.guess import CLASSES, SUFFIXES, WORDS, guessed


def unit_of(*path: str) -> str:
    return guessed(path).unit


def test_units_come_from_the_last_word_of_a_key() -> None:
    assert [unit_of(key) for key in ("temperature", "cpu_temperature", "gas_resistance", "memory_used_mb", "load")] == [
        "°C", "°C", "Ω", "MB", "",
    ]  # fmt: skip
    assert unit_of("s") == "", "a bare letter is a name, not a unit"


def test_the_class_comes_from_the_word_that_names_the_quantity() -> None:
    assert guessed(("air", "outside_temperature")).device_class == "temperature"
    assert guessed(("supply_voltage_mv",)) == Quantity("mV", "voltage", "measurement", is_guessed=True)
    assert guessed(("load",)) == Quantity(is_guessed=True), "nothing is said of a word that is not known"


def test_words_may_be_separated_by_spaces() -> None:
    assert unit_of("Air temperature") == "°C"


def test_a_class_is_left_out_where_the_unit_of_the_key_does_not_fit_it() -> None:
    assert guessed(("temperature_percent",)) == Quantity("%", "", "measurement", is_guessed=True)


def test_energy_can_be_a_total_or_not_so_no_state_class_is_guessed() -> None:
    assert guessed(("energy",)) == Quantity("Wh", is_guessed=True)


def test_the_places_of_a_list_take_the_word_before_them() -> None:
    assert unit_of("voltage", "0") == "V"
    assert unit_of("channels", "0") == ""
    assert unit_of("0") == ""


@given(st.sampled_from(sorted({*WORDS, *CLASSES})), st.sampled_from(["", *sorted(SUFFIXES)]))
def test_every_guess_is_one_that_a_driver_could_state(word: str, suffix: str) -> None:
    quantity = guessed((f"{word}_{suffix}" if suffix else word,))
    assert checked(quantity) == (quantity, ())
    assert quantity.is_guessed


def test_a_statement_of_the_driver_goes_before_a_guess() -> None:
    catalog = Catalog()
    kelvin = Quantity("K", "temperature", "measurement", 1, "Probe")
    catalog.describe("air", [DescribedValue("probe.temperature", kelvin)])
    assert catalog.of("air", ("probe", "temperature")) == kelvin
    assert catalog.of("air", ("temperature",)) == guessed(("temperature",))
    assert catalog.of("other", ("probe", "temperature")).is_guessed


def test_a_new_statement_replaces_all_that_was_stated_before() -> None:
    catalog = Catalog()
    catalog.describe("air", [DescribedValue("a", Quantity("K")), DescribedValue("b", Quantity("V"))])
    catalog.describe("air", [DescribedValue("b", Quantity("mV"))])
    assert catalog.of("air", ("a",)).is_guessed
    assert catalog.of("air", ("b",)).unit == "mV"


def test_a_plugin_that_is_gone_is_forgotten() -> None:
    catalog = Catalog()
    catalog.describe("air", [DescribedValue("a", Quantity("K"))])
    catalog.keep(["light"])
    assert catalog.of("air", ("a",)).is_guessed
