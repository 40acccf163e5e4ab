"""A gauge between the limits of a value."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from hostcore.view.alarms import Bounds
from hostcore.view.limits import Limits
from tui.lines import width_of
from tui.look import THEMED
from tui.readings.gauge import LEAST_WIDTH, gauge, limits_words

SHARE = Limits(0.0, 100.0, "Always")


def drawn(value: float, limits: Limits = SHARE, bounds: Bounds = Bounds(), width: int = 20) -> str:  # noqa: B008 - frozen
    return "".join(segment.text for segment in gauge(value, limits, bounds, width, THEMED))


def test_the_hand_stands_where_the_value_lies() -> None:
    assert drawn(0) == "0 ●────────────── 100"[:2] + "●" + "─" * 13 + " 100"
    assert drawn(50) == "0 ━━━━━━●─────── 100"
    assert drawn(100) == "0 ━━━━━━━━━━━━━● 100"


def test_a_value_beyond_the_ends_is_marked_at_the_end() -> None:
    assert drawn(101) == "0 ━━━━━━━━━━━━━! 100"
    assert drawn(-1) == "0 !───────────── 100"


def test_a_value_beyond_an_alarm_is_marked_where_it_is() -> None:
    assert drawn(50, bounds=Bounds(above=80)) == "0 ━━━━━━●───┃─── 100"
    assert drawn(90, bounds=Bounds(above=80)) == "0 ━━━━━━━━━━┃━!─ 100"


def test_a_short_scale_has_digits_after_the_point() -> None:
    assert drawn(3.3, Limits(3.05, 3.55, "")).startswith("3.05 ━")


def test_a_gauge_without_a_place_is_its_hand() -> None:
    assert drawn(0, width=-2) == "●"


def test_ends_that_leave_no_scale_are_left_out() -> None:
    assert drawn(0.5, Limits(-999999999.75, -999999999.5, ""), width=16) == "━" * 15 + "!"
    assert drawn(0, Limits(0, 10_000_000, ""), width=14) == "0 ●── 10000000"
    assert drawn(0, Limits(0, 100_000_000, ""), width=14) == "●" + "─" * 13


@example(0.0, -999999999.9999999, 0.00390625, LEAST_WIDTH)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e9, 1e9),
    st.floats(1e-3, 1e9),
    st.integers(1, 100),
)
def test_a_gauge_is_exactly_as_wide_as_its_place(value: float, low: float, span: float, width: int) -> None:
    line = gauge(value, Limits(low, low + span, ""), Bounds(low + span / 3, low + span / 2), width, THEMED)
    assert width_of(line) == width
    assert sum(segment.text in {"●", "!"} for segment in line) == 1


def test_limits_are_said_with_their_source() -> None:
    assert limits_words(SHARE, Bounds(), "%") == "Always 0 to 100 %"
    assert limits_words(SHARE, Bounds(below=30), "%") == "Always 0 to 100 %. Alarm below 30 %"
    assert limits_words(None, Bounds(18, 26), "°C") == "Alarm below 18 °C or above 26 °C"
    assert not limits_words(None, Bounds(), "")
