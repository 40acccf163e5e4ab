"""Where values are missing, a report says so. Where they only come seldom, it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import NS_PER_S
from tests.recorded import DAY, HOUR, Recording


@pytest.mark.parametrize(("seconds", "points"), [(2 * HOUR, 10_000), (2 * HOUR, 100), (DAY, 300), (30 * DAY, 1000)])
def test_the_point_after_a_pause_of_an_hour_is_after_a_gap(tmp_path: Path, seconds: float, points: int) -> None:
    recording = Recording(tmp_path)
    recording.read_every(2, 3600)
    recording.clock.advance(2 * HOUR)
    recording.read_every(2, 900)
    report = recording.past(seconds=4 * HOUR + seconds, points=points)
    begin = recording.now - 900 * 2 * 10**9
    gaps = [point.time_ns for point in report.points if point.is_after_gap]
    if seconds <= 2 * HOUR or report.resolution_ns < HOUR * 10**9:
        assert len(gaps) == 1
        assert abs(gaps[0] - begin) <= max(report.resolution_ns, 2 * 10**9)
    recording.recorder.close()


@pytest.mark.parametrize("interval", [0.05, 2, 60, 700, 4000])
@pytest.mark.parametrize("points", [20, 1000])
def test_a_steady_driver_has_no_gaps_whatever_its_interval(tmp_path: Path, interval: float, points: int) -> None:
    recording = Recording(tmp_path)
    recording.read_every(interval, 300)
    report = recording.past(seconds=300 * interval, points=points)
    assert report.points
    assert not any(point.is_after_gap for point in report.points)
    recording.recorder.close()


def test_one_late_value_is_no_gap(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.read_every(2, 20)
    recording.clock.advance(2)
    recording.read_every(2, 20)
    assert not any(point.is_after_gap for point in recording.past(seconds=100).points)
    recording.recorder.close()


def test_a_driver_that_now_reads_more_seldom_has_no_gaps(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.read_every(2, 300)
    recording.read_every(60, 60)
    assert not any(point.is_after_gap for point in recording.past(seconds=2 * HOUR, points=10_000).points)
    recording.recorder.close()


@pytest.mark.parametrize("points", [60, 300, 10_000])
@pytest.mark.parametrize("pause", [120, 900])
def test_the_pause_between_two_runs_of_the_host_is_a_gap_and_nothing_else_is(
    tmp_path: Path, pause: int, points: int
) -> None:
    recording, begins = Recording(tmp_path), list[int]()
    for _ in range(3):
        begins.append(recording.now + 2 * NS_PER_S)
        recording.read_every(2, 600)
        recording.recorder.close()
        recording.clock.advance(pause)
        recording.open()
    report = recording.past(seconds=3600 + 3 * pause, points=points)
    gaps = [point.time_ns for point in report.points if point.is_after_gap]
    allowed_ns = max(report.resolution_ns, 2 * NS_PER_S)
    assert len(gaps) == 2
    assert all(abs(gap - begin) <= allowed_ns for gap, begin in zip(gaps, begins[1:], strict=True))
    recording.recorder.close()
