"""Stored readings as CSV: what a driver calls its units does nothing in the program that opens the file."""

from __future__ import annotations

import csv

import pytest

from hostcore.cli.history_output import Row, print_csv
from hostcore.events.history import HistoryPoint
from hostcore.history.querying import StoredSeries
from hostcore.history.series import Entry, SeriesKey


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        ("=cmd|'/C calc'!A", "'=cmd|'/C calc'!A"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("°C", "°C"),
        ('a"\n,b', 'a"\\n,b'),
        ("", ""),
    ],
)
def test_a_unit_is_never_a_formula(unit: str, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    series = StoredSeries(SeriesKey("light", ("lux",)), Entry(1, unit, is_guessed=False), 0, 0, 1)
    print_csv([Row(series, HistoryPoint(0, -1.5, -1.5, -1.5, 1))])
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row["unit"], row["mean"]) == (cell, "-1.5")
