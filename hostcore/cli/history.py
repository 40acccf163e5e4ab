"""``wasi-host history``: prints stored readings, or writes them to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from hostcore.cli.history_output import Row, as_json, print_csv, print_list, print_table, write_parquet
from hostcore.cli.lines import local_time
from hostcore.clock import NS_PER_MS, NS_PER_S, RealClock
from hostcore.config.history import NO_FILE
from hostcore.config.loading import find_and_load
from hostcore.errors import CommandLineError, HostError
from hostcore.events.history import HistoryMark, HistoryQuery
from hostcore.history.answers import answer_from, series_in
from hostcore.history.querying import StoredSeries
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass

LINES = 24
"""About how many lines a table has."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
"""Seconds that a line of a table can stand for; or whole days."""
MOST_NAMED = 20
"""The most keys that an error names."""

Moment = datetime | timedelta
"""A time, or how long before now it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to see."""

    key: str
    """The plugin and the keys, with dots between them; "" for the list."""
    since: Moment
    until: Moment
    every: int
    """Seconds that a line stands for; 0 for the usual."""
    form: str
    """``table``, ``csv``, ``json`` or ``parquet``."""
    file: Path | None = None
    """For Parquet."""


def history(config_file: Path | None, wish: Wish) -> int:
    """Print stored readings. Blocks while the history is read.

    Args:
        config_file: the settings file that the person named, if any.
        wish: what to show.

    Returns:
        0.

    Raises:
        ConfigError: the settings cannot be used.
        CommandLineError: there is no such key, or the begin is not before the end.
        HostError: the history cannot be read, or a package is missing.
    """
    file = find_and_load(config_file).history.file
    if file is None:
        raise HostError(NO_FILE)
    stored = series_in(file)
    if not wish.key:
        _list(stored, file, wish)
        return 0
    now_ns = RealClock().wall_ns()
    since_ns, until_ns = (_time_ns(moment, now_ns) for moment in (wish.since, wish.until))
    if since_ns >= until_ns:
        begin, end = local_time(since_ns), local_time(until_ns)
        raise CommandLineError(f"the begin (--since), {begin}, is not before the end (--until), {end}")
    step_ms = _step_ms(wish, since_ns, until_ns)
    rows, marks, notes = _read(file, _chosen(stored, wish.key, file), since_ns, until_ns, step_ms)
    _show(wish, rows, marks)
    for note in notes:
        print(f"wasi-host: {escaped(note)}", file=sys.stderr)
    return 0


def _list(stored: Sequence[StoredSeries], file: Path, wish: Wish) -> None:
    if wish.form == "json":
        print(as_json([_described(each) for each in stored]))
    elif wish.form != "table":
        raise CommandLineError(f"--{wish.form} needs a KEY; wasi-host history lists them")
    elif stored:
        print_list(stored)
    else:
        print(f"no readings are stored in {escaped(str(file))}")


def _described(series: StoredSeries) -> dict[str, object]:
    key = series.key
    return {
        "key": series.name,
        "plugin": key.plugin,
        "path": list(key.path),
        "unit": series.entry.unit,
        "unit_is_guessed": series.entry.has_guessed_unit,
        "simulated": key.is_simulated,
        "injected": key.is_faulty,
        "first_ns": series.first_ms * NS_PER_MS,
        "last_ns": series.last_ms * NS_PER_MS,
        "count": series.count,
    }


def _chosen(stored: Sequence[StoredSeries], key: str, file: Path) -> list[StoredSeries]:
    """Return a series of the number with this name, or of each number below it: its newest one, with its unit."""
    below = sorted((each for each in stored if f"{each.name}.".startswith(f"{key}.")), key=lambda each: each.last_ms)
    found = {(each.key.plugin, each.key.path): each for each in below}
    if not found:
        names = sorted({each.name for each in stored})
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        there = f"there are {', '.join(names[:MOST_NAMED])}{more}" if names else f"{file} has none yet"
        raise CommandLineError(f"no readings of {key} are stored; {there}")
    return [found[each] for each in sorted(found)]


def _read(
    file: Path, chosen: Iterable[StoredSeries], since_ns: int, until_ns: int, step_ms: int
) -> tuple[list[Row], list[HistoryMark], list[str]]:
    """Return the points, the marks of their plugins, and notes for the person."""
    rows, marks, notes = list[Row](), dict[HistoryMark, None](), dict[str, None]()
    for series in chosen:
        query = HistoryQuery(series.key.plugin, series.key.path, since_ns, until_ns, points=1)
        report = answer_from(file, query, step_ms)
        if report.problem:
            raise HostError(report.problem)
        if not report.is_complete:
            notes["a running host writes to this history; its newest values are not in it yet"] = None
        rows += (Row(series, point) for point in report.points)
        marks.update(dict.fromkeys(report.marks))
    return rows, sorted(marks, key=lambda mark: mark.time_ns), list(notes)


def _show(wish: Wish, rows: Sequence[Row], marks: Sequence[HistoryMark]) -> None:
    match wish.form:
        case "csv":
            print_csv(rows)
        case "json":
            print(as_json({"points": [row.as_dict() for row in rows], "marks": [_mark(mark) for mark in marks]}))
        case "parquet" if wish.file is not None:
            write_parquet(rows, wish.file)
        case _:
            print_table(rows, marks)


def _mark(mark: HistoryMark) -> dict[str, object]:
    return {"time_ns": mark.time_ns, "plugin": mark.plugin, "kind": mark.kind.value, "text": mark.text}


def _step_ms(wish: Wish, since_ns: int, until_ns: int) -> int:
    """Return the milliseconds that a point stands for: 1 for each value that is stored."""
    if wish.every:
        return wish.every * 1000
    if wish.form != "table":
        return 1
    wanted = (until_ns - since_ns) / NS_PER_S / LINES
    day = STEPS[-1]
    return 1000 * next((step for step in STEPS if step >= wanted), -(-int(wanted) // day) * day)


def _time_ns(moment: Moment, now_ns: int) -> int:
    """Return the time that a person means, in nanoseconds since the Unix epoch."""
    if isinstance(moment, timedelta):
        return now_ns - int(moment.total_seconds()) * NS_PER_S
    return int(moment.timestamp() * 1000) * NS_PER_MS
