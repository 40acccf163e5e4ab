"""The history: graphs from a million stored values, and what an hour of readings costs an SD card."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hostcore.clock import NS_PER_S
from hostcore.events import ReadingPublished
from hostcore.history.schema import HOUR_MS, open_to_write, transaction
from hostcore.view.series import Series
from tests.bench.measure import MEGA, MICRO, MILLI, Aim, Figure
from tests.recorded import DAY, HOUR, YEAR, Recording
from tui.look import THEMED
from tui.raster import Ink
from tui.readings.curve import Stored, points_of, statistics_of
from tui.readings.drawings import Drawing
from tui.readings.picture import Picture
from tui.readings.trace import Trace

TITLE = "The history: 1,000,000 raw values, a month of minutes and a year of hours; 15 numbers every 2 s"
SERIES = 15
INTERVAL = 2
MOST_WRITTEN = 10 * MEGA
"""Bytes in an hour: 88 GB in a year, a few times the size of a small SD card."""
REPETITIONS = 5
GRAPHS = (("a year", YEAR, 1000), ("a month", 30 * DAY, 1000), ("a day", DAY, 1000), ("ten minutes", 600, 1000))


def figures() -> Iterator[Figure]:
    """Graphs, then the cost of recording."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Recording(Path(folder))
        yield from _recording_figures(recording)
        _fill(recording)
        for name, seconds, points in GRAPHS:
            aim = Aim(most=100 * MILLI)
            yield Figure(f"graph of {name}, {points} points", _graph(recording, seconds, points), MILLI, aim=aim)
        for size in ((80, 24), (200, 60)):
            what = f"    drawn on a screen of {size[0]}x{size[1]}"
            yield Figure(what, _drawing(recording, *size), MILLI, aim=Aim(most=100 * MILLI))
        recording.recorder.close()
        yield Figure("size of the file", recording.file.stat().st_size, MEGA)


def _recording_figures(recording: Recording) -> Iterator[Figure]:
    recording.recorder.commit()
    before, began = _written(), time.perf_counter()
    count = HOUR // INTERVAL
    taken = 0.0
    for _ in range(count):
        recording.clock.advance(INTERVAL)
        event = ReadingPublished(recording.now, "light", _reading())
        start = time.perf_counter()
        recording.recorder.take([event])
        taken += time.perf_counter() - start
        recording.commit_if_due()
    seconds = time.perf_counter() - began
    yield Figure("written to the disk in an hour", _written() - before, MEGA, aim=Aim(most=MOST_WRITTEN))
    yield Figure(f"a reading of {SERIES} numbers", taken / count, MICRO)
    yield Figure("processor time of an hour, all", seconds, MILLI)


def _reading() -> dict[str, float]:
    return {f"key{index}": round(20 + random.random(), 2) for index in range(SERIES)}


def _fill(recording: Recording) -> None:
    """Put a million raw values, a month of minutes and a year of hours into the file."""
    recording.recorder.close()
    hour = recording.now // 1_000_000 // HOUR_MS * HOUR_MS
    with closing(open_to_write(recording.file, 200, makes_folder=False)) as connection, transaction(connection):
        steps = 1_000_000 // SERIES
        connection.executemany(
            "INSERT OR REPLACE INTO raw VALUES (?, ?, ?)",
            (
                (hour - (steps - step) * INTERVAL * 1000, series, 20 + random.random())
                for step in range(steps)
                for series in range(1, SERIES + 1)
            ),
        )
        for table, width, slots in (("minutes", 60_000, 31 * 1440), ("hours", 3_600_000, 365 * 24)):
            connection.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?, 30, 20, 615, 21)",
                ((series, hour // width - slots + slot) for series in range(1, SERIES + 1) for slot in range(slots)),
            )
        connection.execute("UPDATE progress SET thinned_until = ?", (hour,))
    recording.open()


def _graph(recording: Recording, seconds: float, points: int) -> float:
    """Return the least time that a report takes: other processes only add to it."""
    took = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        report = recording.past("key3", seconds=seconds, points=points)
        took.append(time.perf_counter() - start)
        assert report.points
    return min(took)


def _drawing(recording: Recording, width: int, height: int) -> float:
    """Return the least time in which the screen draws a year, without the question to the history."""
    report = recording.past("key3", seconds=YEAR, points=2 * width)
    start_ns, end_ns = recording.now - YEAR * NS_PER_S, recording.now + 1
    took = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        points = points_of(Series(), Stored(report), start_ns, end_ns, patience_ns=0)
        statistics = statistics_of(points, start_ns, end_ns)
        trace = Trace("light.key3", "lx", "lx", 2, "20.5", points, statistics)
        lines = list(
            Picture([trace], (), start_ns, end_ns, None).lines(
                width, height, THEMED, Drawing(Ink.BRAILLE, is_filled=True)
            )
        )
        took.append(time.perf_counter() - start)
        assert len(lines) == height
    return min(took)


def _written() -> int:
    """Return the bytes that this process has had written to a disk, as proc(5) counts them."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))
