"""The value axis of a graph: its bounds, its ticks and its labels."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events.history import HistoryPoint
from hostcore.view.series import LARGEST
from tui.raster import Ink
from tui.readings.plot import filled
from tui.readings.scale import Scale, round_up
from tui.readings.value_axis import labels

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
USUAL = st.floats(-1e6, 1e6)


def over(*values: float) -> Scale:
    found = Scale.over([HistoryPoint(place, value, value, value, 1) for place, value in enumerate(values)])
    assert found is not None
    return found


def texts(scale: Scale, rows: int, unit: str = "", width: int = 9) -> list[str]:
    found = labels(scale, rows, unit, width)
    return [found[row] for row in sorted(found)]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((21.03, 21.52), ["21.4", "21.2", "21.0"]),
        ((0, 59), ["60", "40", "20", "0"]),
        ((-12, 31), ["20", "0"]),
        ((0.001, 0.0013), ["0.0013", "0.0012", "0.0011", "0.0010"]),
        ((1013.2, 1013.3), ["1013.30", "1013.25", "1013.20"]),
        ((5, 5), ["6", "5", "4"]),
        ((0, 54_612), ["40000", "20000", "0"]),
    ],
)
def test_ticks_are_round_numbers_with_just_the_digits_that_tell_them_apart(
    values: tuple[float, ...], shown: list[str]
) -> None:
    assert texts(over(*values), rows=13) == shown


@given(NUMBERS, NUMBERS, st.integers(1, 80))
def test_a_scale_holds_its_values_and_its_labels_have_room(first: float, second: float, rows: int) -> None:
    scale = over(first, second)
    assert math.isfinite(scale.high - scale.low) and scale.low < scale.high
    for value in (first, second):
        assert -1e-6 <= scale.share(max(-LARGEST, min(value, LARGEST))) <= 1 + 1e-6
    found = labels(scale, rows, "hPa", 9)
    assert all(0 <= row < rows for row in found)
    assert all(len(text) <= 9 for text in found.values())


@given(USUAL, st.floats(1e-4, 1e6), st.integers(2, 80), st.integers(5, 9))
def test_a_label_is_the_value_of_its_row_or_says_that_it_is_rounded(
    low: float, span: float, rows: int, width: int
) -> None:
    scale = over(low, low + span)
    for row, text in labels(scale, rows, "", width).items():
        away = abs(float(text.removeprefix("~")) - scale.at(row / (rows - 1)))
        assert text.startswith("~") or away <= (scale.high - scale.low) / (rows - 1) * 0.91


def test_a_value_without_room_has_no_label() -> None:
    assert texts(over(1013.59, 1013.61), 6, width=6) == ["1013.6"]
    assert texts(over(1_704_110_400_000_000_001), 13) == ["~1.7e+18"]


@given(st.floats(-999, 9999), st.floats(0.1, 1e6), st.integers(5, 80))
def test_an_axis_has_two_labels_at_least_and_room_between_them(low: float, span: float, rows: int) -> None:
    found = sorted(labels(over(low, low + span), rows, "", 9))
    assert 2 <= len(found) <= max(4, rows // 2)


@given(USUAL, st.floats(0.01, 1e6))
def test_a_scale_leaves_little_of_the_picture_empty(low: float, span: float) -> None:
    scale = over(low, low + span)
    assert span / (scale.high - scale.low) > 0.6


@given(st.floats(1e-290, 1e299))
def test_a_step_is_1_2_or_5_times_a_power_of_ten(least: float) -> None:
    step = round_up(least)
    assert least * (1 - 1e-6) <= step <= least * 2.6
    assert f"{step:.6e}"[0] in "125" and f"{step:.3e}"[2:5] == "000"


def test_a_new_value_a_little_beyond_the_others_does_not_move_the_scale() -> None:
    before = over(20.0, 24.1)
    assert over(20.0, 24.1, 24.15) == before


def test_the_unit_stands_behind_the_topmost_value_if_there_is_room() -> None:
    assert texts(over(20, 26), 13, "°C")[0] == "26 °C"
    assert texts(over(100_000, 130_500), 13, "kOhm")[0] == "120000"


def test_a_shade_lies_below_the_curve_and_not_in_its_gaps() -> None:
    assert filled([" ⠤ ", "⠤ ⠤", "   "], Ink.ASCII) == ["   ", " . ", "..."]
    assert filled(["▄ ▄", "   "], Ink.BLOCKS) == ["   ", "░ ░"]


def test_a_curve_without_room_for_a_line_has_no_shade() -> None:
    assert filled([], Ink.BRAILLE) == []
