"""The parts of a graph: its window, its time axis, and how stored and live values become one curve."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events.history import HistoryPoint, HistoryReport
from hostcore.view.series import Series
from tui.raster import Ink
from tui.readings.curve import Stored, has_hole, points_of, statistics_of, until_of
from tui.readings.plot import plot
from tui.readings.scale import Scale
from tui.readings.time_axis import axis
from tui.readings.window import LENGTHS, Window

S = 1_000_000_000
NOW = 1_704_110_400 * S
"""2024-01-01T12:00:00Z"""
YEAR = 365 * 86_400 * S
PATIENCE = 6 * S


@pytest.fixture(params=["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def one(time_ns: int, value: float) -> HistoryPoint:
    return HistoryPoint(time_ns, value, value, value, 1)


def live(*times_and_values: tuple[int, float]) -> Series:
    series = Series()
    for time_ns, value in times_and_values:
        series.add(time_ns, value)
    return series


@given(st.sampled_from(LENGTHS), st.integers(NOW - YEAR, NOW), st.integers(1, 300))
def test_a_window_shows_its_whole_span_and_no_more_than_a_column_beyond(span: int, now_ns: int, columns: int) -> None:
    window = Window(span)
    start_ns, end_ns = window.bounds(now_ns, columns)
    assert end_ns - window.step_ns(columns) < now_ns <= end_ns
    assert start_ns <= now_ns - window.span_ns or columns == 1


@given(st.lists(st.tuples(st.sampled_from("+-<>0c"), st.integers(NOW - YEAR, NOW)), max_size=30))
def test_no_keys_lead_into_the_future_or_to_a_span_that_does_not_exist(keys: list[tuple[str, int]]) -> None:
    window = Window()
    for key, time_ns in keys:
        match key:
            case "+" | "-":
                window = window.zoomed(1 if key == "-" else -1, NOW)
            case "<" | ">":
                window = window.moved(1 if key == ">" else -1, NOW)
            case "0":
                window = window.now()
            case "c":
                window = window.zoomed(-1, NOW, time_ns)
        assert window.span_s in LENGTHS
        assert window.until_ns is None or NOW - 10 * YEAR <= window.until_ns < NOW
        assert window.words()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("span", LENGTHS)
@pytest.mark.parametrize("width", [10, 49, 69, 109, 180])
def test_labels_of_a_time_axis_have_room_and_stand_at_their_time(span: int, width: int) -> None:
    text = axis(NOW - span * S, NOW, width)
    assert len(text) == width
    labels = text.replace("└", " └").split("└")[1:]
    assert all(label.strip() for label in labels)
    if width > 40:
        assert labels
        assert all(label.endswith(" ") for label in labels[:-1]), "labels do not touch"


@given(
    st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=60),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_stored_and_live_values_are_each_counted_once(values: list[float], first: int, asked: int) -> None:
    """The host read all values. The view kept those from `first` on, and the history was asked up to `asked`."""
    times = [NOW - (len(values) - place) * 2 * S for place in range(len(values))]
    kept = list(zip(times, values, strict=True))
    series = live(*kept[min(first, len(values) - 1) :])
    stored = tuple(one(*each) for each in kept[: max(asked, first)])
    points = points_of(series, Stored(HistoryReport(stored, 0, is_complete=True), NOW), NOW - 3600 * S, NOW, PATIENCE)
    assert [each.time_ns for each in points] == times
    assert not any(each.is_after_gap for each in points[1:])
    found = statistics_of(points, NOW - 3600 * S, NOW)
    assert found is not None
    assert (found.lowest, found.highest, found.count) == (min(values), max(values), len(values))
    assert found.lowest <= found.mean <= found.highest


def test_a_stored_point_that_is_no_number_is_left_out() -> None:
    bad = HistoryPoint(NOW - S, float("nan"), float("inf"), 0.0, 1)
    report = HistoryReport((bad, one(NOW - 2 * S, 5)), 0, is_complete=True)
    assert [each.mean for each in points_of(Series(), Stored(report), NOW - 60 * S, NOW, PATIENCE)] == [5]


def test_the_time_between_the_last_stored_and_the_first_live_value_is_a_gap_if_it_is_long() -> None:
    report = HistoryReport((one(NOW - 50 * S, 5),), 0, is_complete=True)
    for seconds, is_gap in ((44, False), (20, True)):
        points = points_of(live((NOW - seconds * S, 6)), Stored(report), NOW - 60 * S, NOW, PATIENCE)
        assert [each.is_after_gap for each in points] == [False, is_gap]


def test_the_history_is_asked_only_for_what_the_live_values_do_not_show() -> None:
    series = live(*((NOW - second * S, second) for second in range(100, 0, -2)))
    assert until_of(series, NOW - 60 * S, NOW, PATIENCE) == NOW - 60 * S
    until_ns = until_of(series, NOW - 3600 * S, NOW, PATIENCE)
    assert NOW - 100 * S < until_ns < NOW, "some live values may go, and the newest are not stored yet"
    assert until_of(Series(), NOW - 60 * S, NOW, PATIENCE) == NOW


def test_values_that_went_out_of_the_view_and_are_not_stored_here_leave_a_hole() -> None:
    series = live(*((NOW - second * S, second) for second in range(30, 0, -2)))
    start_ns = NOW - 60 * S
    assert has_hole(series, Stored(until_ns=NOW - 40 * S), start_ns, PATIENCE)
    assert not has_hole(series, Stored(until_ns=NOW - 20 * S), start_ns, PATIENCE)
    assert not has_hole(series, Stored(until_ns=NOW - 40 * S, is_awaited=True), start_ns, PATIENCE)


@given(st.sets(st.integers(0, 99)), st.sets(st.integers(0, 99)))
def test_stored_values_fill_the_gaps_that_a_lost_connection_left(seen: set[int], read: set[int]) -> None:
    """The host read at the times `read`, and the screen saw those of them that are in `seen`."""
    times = sorted(NOW - (100 - place) * 2 * S for place in read)
    series = live(*((NOW - (100 - place) * 2 * S, float(place)) for place in sorted(seen & read)))
    until_ns = until_of(series, NOW - 3600 * S, NOW, PATIENCE)
    stored = Stored(HistoryReport(tuple(one(each, 1.0) for each in times if each < until_ns), 0, True), until_ns)
    points = points_of(series, stored, NOW - 3600 * S, NOW, PATIENCE)
    found = [each.time_ns for each in points]
    assert found == [each for each in times if each in found], "in order, and each once"
    lives = {round(each * 1e9) for each in series.times}
    for before, after in itertools.pairwise(times):
        if before in found and after in lives:
            assert points[found.index(after)].is_after_gap == (after - before > PATIENCE), (
                "a gap is one that the host had"
            )
    missing = set(times) - set(found)
    gaps = [(before, after) for before, after in itertools.pairwise(sorted(lives)) if after - before > PATIENCE]
    assert all(each >= until_ns or not any(first < each < last for first, last in gaps) for each in missing)
    assert not has_hole(series, stored, NOW - 3600 * S, PATIENCE)


@given(
    st.lists(
        st.tuples(st.integers(NOW - YEAR, NOW + YEAR), *[st.floats(-1e300, 1e300)] * 3, st.booleans()), min_size=1
    ),
    st.sampled_from(list(Ink)),
)
def test_any_points_can_be_plotted(raw: list[tuple[int, float, float, float, bool]], ink: Ink) -> None:
    points = [
        HistoryPoint(time_ns, *sorted(values), count=1, is_after_gap=is_after_gap)  # type: ignore[misc]
        for time_ns, *values, is_after_gap in raw
    ]
    scale = Scale.over(points)
    assert scale is not None
    plotted = plot(points, NOW - 60 * S, NOW, scale=scale, size=(20, 5), ink=ink)
    for strokes in (plotted.line, plotted.band, plotted.merged):
        assert [len(line) for line in strokes.lines(ink)] == [20] * 5


@given(
    st.lists(st.tuples(st.integers(0, 59), st.floats(-100, 100)), min_size=1, max_size=80),
    st.sampled_from(list(Ink)),
)
def test_however_many_values_a_column_stands_for_its_least_and_greatest_are_in_the_band(
    values: list[tuple[int, float]], ink: Ink
) -> None:
    points = [one(NOW + second * S, value) for second, value in sorted(values)]
    scale = Scale.over(points)
    assert scale is not None
    band = plot(points, NOW, NOW + 60 * S, scale=scale, size=(15, 5), ink=ink).band
    for x, dots in enumerate(band.columns):
        inside = [each.mean for each in points if (each.time_ns - NOW) * len(band.columns) // (60 * S) == x]
        rows = [row for row in range(band.height) if dots >> row & 1]
        if not inside:
            assert not rows
            continue
        assert rows[0] == scale.row(max(inside), band.height)
        assert rows[-1] == scale.row(min(inside), band.height)


@given(st.sets(st.integers(0, 59), min_size=2), st.integers(0, 58))
def test_neither_line_nor_band_crosses_a_gap(seconds: set[int], gap: int) -> None:
    times = sorted(seconds)
    points = [
        replace(one(NOW + each * S, each % 7), is_after_gap=before <= gap < each)
        for before, each in zip([-1, *times], times, strict=False)
    ]
    scale = Scale.over(points)
    assert scale is not None
    plotted = plot(points, NOW, NOW + 60 * S, scale=scale, size=(60, 5), ink=Ink.BLOCKS)
    after = min((each for each in times if each > gap), default=60)
    before = max((each for each in times if each <= gap), default=-1)
    assert not any(plotted.merged.columns[before + 1 : after])


@given(st.sampled_from(LENGTHS), st.floats(0, 1), st.sampled_from([-1, 1]))
def test_the_time_under_the_mouse_stays_where_it_is_when_the_wheel_zooms(span: int, share: float, steps: int) -> None:
    window = Window(span, NOW - 3 * YEAR)
    at_ns = NOW - 3 * YEAR - round(window.span_ns * (1 - share))
    zoomed = window.zoomed(steps, NOW, at_ns, share)
    assert zoomed.until_ns is not None
    assert abs(zoomed.until_ns - zoomed.span_ns * (1 - share) - at_ns) < S
