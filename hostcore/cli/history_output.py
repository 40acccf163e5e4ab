"""Prints stored readings as a table, as CSV or as JSON, and writes them to Apache Parquet."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path

from hostcore.cli.lines import local_time
from hostcore.clock import NS_PER_MS, timestamp
from hostcore.errors import HostError
from hostcore.events.history import HistoryMark, HistoryPoint
from hostcore.export.tables import cell_of, yes_or_no
from hostcore.files import Folder
from hostcore.history.querying import StoredSeries
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass

MOST_SHOWN = 20
"""The most marks below a table."""
COLUMNS = (
    "key", "time", "lowest", "mean", "highest", "unit", "unit_is_guessed", "count", "after_gap", "simulated",
    "injected",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One point of a number."""

    series: StoredSeries
    point: HistoryPoint

    def as_dict(self) -> dict[str, str | float | bool]:
        """Return the values of `COLUMNS`. The time is RFC 3339, UTC."""
        point = self.point
        unit = (self.series.entry.unit, self.series.entry.has_guessed_unit)
        numbers = (point.lowest, point.mean, point.highest, *unit, point.count)
        flags = (point.is_after_gap, point.is_simulated, point.is_faulty)
        return dict(zip(COLUMNS, (self.series.name, timestamp(point.time_ns), *numbers, *flags), strict=True))


def as_json(value: object) -> str:
    """Return JSON that is fit for a terminal."""
    return json.dumps(value, indent=1).replace("\x7f", "\\u007f")


def print_csv(rows: Sequence[Row]) -> None:
    """Print a line for each point, and the names of the columns before (RFC 4180)."""
    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.as_dict().items()})


def _cell(value: str | float | bool) -> str | float:
    match value:
        case bool():
            return yes_or_no(value)
        case str():
            return cell_of(value)
        case _:
            return value


def print_list(stored: Sequence[StoredSeries]) -> None:
    """Print what is stored: the name of each number, and how much of it there is."""
    rows: list[Sequence[str]] = [("KEY", "UNIT", "VALUES", "FROM", "TO", "")]
    for each in stored:
        origin = _origin(is_simulated=each.key.is_simulated, is_faulty=each.key.is_faulty)
        span = [local_time(time * NS_PER_MS)[:16] for time in (each.first_ms, each.last_ms)]
        rows.append((escaped(each.name), _unit(each), f"{each.count:,}", *span, origin))
    print_aligned(rows)


def print_table(rows: Sequence[Row], marks: Sequence[HistoryMark]) -> None:
    """Print a line for each point, and below them what else happened."""
    shown: list[Sequence[str]] = [("KEY", "TIME", "LOWEST", "MEAN", "HIGHEST", "UNIT", "VALUES", "")]
    for row in rows:
        point = row.point
        numbers = (f"{value:.6g}" for value in (point.lowest, point.mean, point.highest))
        origin = _origin(is_simulated=point.is_simulated, is_faulty=point.is_faulty)
        note = ", ".join(filter(None, ("after a gap" if point.is_after_gap else "", origin)))
        start = (escaped(row.series.name), local_time(point.time_ns))
        shown.append((*start, *numbers, _unit(row.series), f"{point.count:,}", note))
    if rows:
        print_aligned(shown)
    else:
        print("no values are stored of this time")
    if marks:
        print(f"\nWhat happened{f' (the last {MOST_SHOWN})' if len(marks) > MOST_SHOWN else ''}:")
    for mark in marks[-MOST_SHOWN:]:
        print(f"  {local_time(mark.time_ns)}  {escaped(mark.plugin or '*host')}  {mark.kind}: {escaped(mark.text)}")


def write_parquet(rows: Sequence[Row], file: Path) -> None:
    """Write the points to a Parquet file, whole or not at all. Blocks until it is on the disk.

    Raises:
        HostError: pyarrow is not installed, or the file cannot be written.
    """
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise HostError(
            "--parquet needs the package pyarrow: install it with pip install pyarrow, or use --csv"
        ) from None
    columns = {name: [row.as_dict()[name] for row in rows] for name in COLUMNS}
    columns["time"] = [datetime.fromisoformat(str(each)) for each in columns["time"]]  # type: ignore[misc]
    try:
        folder, name = Folder.of_file(file.absolute())
        with folder, folder.growing(name, mode=0o666) as content:
            parquet.write_table(arrow.table(columns), content)
    except OSError as error:
        raise HostError(f"{file} cannot be written: {error.strerror or error}") from None


def _unit(series: StoredSeries) -> str:
    unit = escaped(series.entry.unit)
    return f"{unit} (guessed)" if series.entry.has_guessed_unit else unit


def _origin(*, is_simulated: bool, is_faulty: bool) -> str:
    return ", ".join(filter(None, ("simulated" if is_simulated else "", "faults on demand" if is_faulty else "")))


def print_aligned(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with aligned columns: names and times to the left, numbers to the right."""
    for line in _aligned(rows):
        print(line.rstrip())


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_text = [name in {"KEY", "UNIT", "TIME", "FROM", "TO", ""} for name in rows[0]]
    for row in rows:
        yield "  ".join(
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(row, widths, is_text, strict=True)
        )
