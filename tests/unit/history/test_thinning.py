"""Values grow old: each is counted once in minutes and hours, and the file stays small."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.config.history import HistorySettings
from hostcore.history.schema import HOUR_MS, MINUTE_MS, open_to_write, transaction
from hostcore.history.thinning import Keep, expire, insert, progress_of, shrink, thin, used_bytes
from tests.recorded import DAY, HOUR, YEAR, Recording

TIMES = st.integers(0, 6 * HOUR_MS)
BATCHES = st.lists(
    st.tuples(
        st.lists(st.tuples(TIMES, st.integers(-1000, 1000)), max_size=20),
        st.one_of(st.none(), st.integers(0, 6)),
    ),
    max_size=12,
)
"""Values with their times in any order, and after some of them the full hour up to which they are thinned."""


def totals(connection: sqlite3.Connection, table: str) -> tuple[int, float, float, float]:
    found: tuple[int, float, float, float] = connection.execute(
        f"SELECT coalesce(sum(count), 0), coalesce(sum(total), 0), coalesce(min(lowest), 0), "
        f"coalesce(max(highest), 0) FROM {table}"
    ).fetchone()
    return found


class TestEveryValueIsCountedOnce:
    @given(BATCHES)
    @settings(max_examples=25)
    def test_whatever_the_clock_does_and_whenever_they_are_thinned(
        self, batches: list[tuple[list[tuple[int, int]], int | None]]
    ) -> None:
        with (
            TemporaryDirectory() as folder,
            closing(open_to_write(Path(folder) / "h.sqlite", 8, makes_folder=False)) as connection,
        ):
            connection.execute("PRAGMA synchronous = OFF")
            kept: dict[int, float] = {}
            for values, hour in batches:
                new = {time: float(value) for time, value in values if time not in kept}
                kept |= new
                with transaction(connection):
                    insert(connection, [(t, 1, v) for t, v in new.items()], progress_of(connection).thinned_until)
                if hour is not None:
                    with transaction(connection):
                        thin(connection, hour * HOUR_MS)
            with transaction(connection):
                thin(connection, 7 * HOUR_MS)
            expected = (len(kept), sum(kept.values()), min(kept.values(), default=0), max(kept.values(), default=0))
            assert totals(connection, "minutes") == totals(connection, "hours") == expected
            slots = {slot for (slot,) in connection.execute("SELECT slot FROM minutes")}
            assert slots == {time // MINUTE_MS for time in kept}

    @given(st.lists(st.floats(0, 3 * DAY), min_size=1, max_size=60), st.integers(1, 300))
    @settings(max_examples=25)
    def test_and_a_report_has_each_of_them_in_one_point(self, moments: list[float], points: int) -> None:
        with TemporaryDirectory() as folder:
            recording = Recording(Path(folder))
            before = 0.0
            for moment in sorted({round(each, 3) for each in moments}):
                recording.clock.advance(moment - before)
                before = moment
                recording.read({"lux": moment})
                recording.commit_if_due()
            report = recording.past(seconds=4 * DAY, points=points)
            recording.recorder.close()
        wanted = {round(each, 3) for each in moments}
        assert sum(point.count for point in report.points) == len(wanted)
        assert min(point.lowest for point in report.points) == min(wanted)
        assert max(point.highest for point in report.points) == max(wanted)
        assert len(report.points) <= points + 1 or report.resolution_ns < HOUR * 10**9
        times = [point.time_ns for point in report.points]
        assert times == sorted(times)

    def test_even_if_many_come_in_one_millisecond_round_a_write(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        for _ in range(3):
            for value in range(50):
                recording.read({"lux": value})
            recording.recorder.commit()
            recording.clock.advance(0.01)
        recording.clock.advance(1)
        assert sum(point.count for point in recording.past(seconds=60).points) == 150
        recording.recorder.close()


class TestOldValues:
    def test_minutes_and_then_hours_are_left_of_them(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        recording.read_every(20, 3 * 60 * 26)  # 26 hours
        raw = recording.past(seconds=HOUR, points=10_000)
        assert {point.count for point in raw.points} == {1}
        assert raw.resolution_ns == 0
        oldest = recording.past(seconds=26 * HOUR, points=10_000).points[5]
        assert oldest.count == 3
        recording.clock.advance(40 * DAY)
        recording.read_every(20, 60)
        assert recording.past(points=10_000).points[1].count == 180
        recording.recorder.close()

    def test_all_of_it_goes_in_the_end_and_the_series_too(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path, HistorySettings(keep_minutes_days=1, keep_hours_days=2))
        recording.read_every(60, 60)
        recording.clock.advance(4 * DAY)
        for _ in range(20):
            recording.clock.advance(60)
            recording.read({"other": 1})
            recording.commit_if_due()
        assert recording.past().points == ()
        recording.recorder.close()
        with closing(sqlite3.connect(recording.file)) as connection:
            assert connection.execute("SELECT path FROM series").fetchall() == [('["other"]',)]

    def test_a_clock_that_jumps_ahead_for_a_moment_deletes_nothing(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        recording.read_every(60, 60)
        true_offset = recording.clock._wall_offset
        recording.clock._wall_offset += 20 * YEAR * 10**9
        recording.read_every(60, 5)
        recording.clock._wall_offset = true_offset
        recording.read_every(60, 60)
        assert sum(point.count for point in recording.past(points=10_000).points) == 120
        recording.recorder.close()


class TestTheSizeOfTheFile:
    def test_the_oldest_values_make_room_and_their_hours_stay(self, tmp_path: Path) -> None:
        file = tmp_path / "h.sqlite"
        with closing(open_to_write(file, 8, makes_folder=False)) as connection:
            with transaction(connection):
                insert(connection, ((second * 1000, 1, second) for second in range(200_000)), 0)
            with transaction(connection):
                thin(connection, 56 * HOUR_MS)
            most = used_bytes(connection) // 2
            while True:
                with transaction(connection):
                    if not shrink(connection, most):
                        break
            assert used_bytes(connection) <= most
            assert totals(connection, "hours")[0] == 200_000
            (oldest,) = connection.execute("SELECT min(time) FROM raw").fetchone()
            assert progress_of(connection).raw_since <= oldest

    @pytest.mark.thorough
    def test_it_never_exceeds_its_limit_even_within_one_hour(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path, HistorySettings(size_mib=8))
        for second in range(1700):
            recording.clock.advance(1)
            recording.read({f"key{index}": second + index for index in range(200)})
            recording.commit_if_due()
        assert recording.warnings == []
        recording.recorder.close()
        assert recording.file.stat().st_size <= 8 << 20

    @pytest.mark.thorough
    def test_a_smaller_limit_makes_the_file_smaller(self, tmp_path: Path) -> None:
        file = tmp_path / "history.sqlite"
        with closing(open_to_write(file, 200, makes_folder=False)) as connection, transaction(connection):
            insert(connection, ((second * 1000, 1, second + 0.1) for second in range(500_000)), 0)
        assert file.stat().st_size > 10 << 20
        recording = Recording(tmp_path, HistorySettings(size_mib=8))
        recording.read_every(1, 1)
        assert recording.warnings == []
        recording.recorder.close()
        assert file.stat().st_size <= 8 << 20

    def test_expiring_deletes_nothing_that_is_not_yet_thinned(self, tmp_path: Path) -> None:
        with closing(open_to_write(tmp_path / "h.sqlite", 8, makes_folder=False)) as connection:
            with transaction(connection):
                insert(connection, [(5, 1, 1.0)], 0)
            with transaction(connection):
                expire(connection, 1000 * HOUR_MS, Keep(HOUR_MS, HOUR_MS, HOUR_MS))
            assert connection.execute("SELECT count(*) FROM raw").fetchone() == (1,)
