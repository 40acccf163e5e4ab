"""Readings as the screen writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.view.test_view_readings import after, item
from tui.readings.reading_words import Columns, error_of, label_of, sparkline, value_of


def test_values_are_written_as_json_has_them() -> None:
    readings = after({"z": [True, None, "text", 3, {}]})
    assert [value_of(item(readings, "p", "z", place)) for place in "01234"] == ["true", "null", "text", "3", "(empty)"]
    assert value_of(item(readings, "p", "z")) == ""


def test_the_digits_after_the_point_do_not_flicker() -> None:
    assert value_of(item(after({"a": 21.25}, {"a": 21.5}), "p", "a")) == "21.50"


def test_text_that_a_terminal_would_act_on_is_shown_as_escapes() -> None:
    readings = after({"\x1b[2J": "\u202e\x07[bold]x[/]"})
    only = item(readings, "p", "\x1b[2J")
    assert label_of(only) == r"\x1b[2J"
    assert value_of(only) == r"\u202e\x07[bold]x[/]"
    assert error_of("nobody\x1b[31m answered") == r"nobody\x1b[31m answered"


@pytest.mark.parametrize(
    ("value", "text"),
    [(10**400, "huge"), (-(10**30), "-1e+30"), (1e300, "1e+300"), (0, "0"), (-0.125, "-0.125"), (3.0, "3")],
)
def test_numbers_of_any_size(value: float, text: str) -> None:
    assert value_of(item(after({"a": value}), "p", "a")) == text


def test_a_sparkline_reaches_from_the_lowest_to_the_highest() -> None:
    assert sparkline([1, 2, 3], 5) == "  ▁▅█"
    assert sparkline([2, 2], 2) == "▄▄"
    assert sparkline([], 3) == "   "


def test_a_wide_row_has_a_long_trend_and_a_narrow_one_has_none() -> None:
    assert [Columns.within(width).trend for width in (40, 80, 120, 200)] == [0, 16, 42, 122]


@given(st.integers(30, 400))
def test_the_columns_of_a_reading_fill_its_row(width: int) -> None:
    columns = Columns.within(width)
    used = 1 + columns.label + columns.value + columns.unit + columns.age + columns.trend + columns.extremes
    assert used <= width
    assert used == width or not columns.trend
