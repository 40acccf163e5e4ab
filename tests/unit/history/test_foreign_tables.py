"""A file whose tables no host has made does not stop the history: it says what it found, and goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hostcore.errors import HostError
from hostcore.events import State, StateChanged
from hostcore.events.history import HistoryQuery
from hostcore.history.answers import answer_from, series_in
from tests.recorded import Recording
from tests.unit.history.test_unsent import Keeping


@pytest.fixture
def host(tmp_path: Path) -> Keeping:
    """A host whose broker is away, and that has written one reading for it."""
    host = Keeping(tmp_path)
    host.bench.read()
    host.minute()
    host.recorder._release()
    return host


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        for each in statements:
            other.execute(each)


COPIES = {
    "other columns": ("DROP TABLE unsent", "CREATE TABLE unsent (a, b)"),
    "a column more": ("ALTER TABLE unsent ADD COLUMN note TEXT NOT NULL DEFAULT ''",),
    "a name in capitals": ("DROP TABLE unsent", "CREATE TABLE UNSENT (id INTEGER PRIMARY KEY)"),
    "a view": ("DROP TABLE unsent", "CREATE VIEW unsent AS SELECT 1 AS id, 2 AS time"),
    "an index of another table": ("DROP TABLE unsent", "CREATE INDEX unsent ON marks (kind)"),
    "the index of another table": ("DROP INDEX unsent_by_number", "CREATE INDEX unsent_by_number ON marks (kind)"),
    "no index": ("DROP INDEX unsent_by_number",),
    "a trigger": ("CREATE TRIGGER no BEFORE INSERT ON unsent BEGIN SELECT RAISE(ABORT, 'no'); END",),
    "a view that cannot be read": (
        "DROP TABLE unsent", "CREATE TABLE unsent (a)", "CREATE VIEW broken AS SELECT * FROM nowhere",
    ),
}  # fmt: skip


@pytest.mark.parametrize("statements", COPIES.values(), ids=COPIES)
def test_a_copy_of_a_foreign_form_gives_way_to_a_new_one(host: Keeping, statements: tuple[str, ...]) -> None:
    change(host.file, *statements)
    host.restart()
    host.bench.read()
    host.minute()
    (warning,) = host.warnings
    assert "no host has made" in warning, "it says what it found"
    assert "not sent" in warning, "and what that means"
    assert host.kept() == ["00000002-1"]
    host.restart()
    host.bench.send_all()
    assert "00000002-1" in host.bench.broker.ids(late=True)
    assert host.warnings == [warning], "once"


def test_the_rows_of_a_foreign_copy_stay_in_the_file(host: Keeping) -> None:
    change(host.file, "ALTER TABLE unsent ADD COLUMN note TEXT")
    host.restart()
    with closing(sqlite3.connect(host.file)) as other:
        assert other.execute("SELECT run, number FROM unsent_aside").fetchall() == [("00000001", 1)]


@pytest.mark.parametrize("column", ["plugin", "run"])
def test_a_text_of_the_copy_that_is_no_utf8_is_not_sent(host: Keeping, column: str) -> None:
    host.bench.read()
    host.restart()
    host.bench.read()
    host.minute()
    host.recorder._release()
    change(host.file, f"UPDATE unsent SET {column} = CAST(x'ff' AS TEXT) WHERE run = '00000001'")
    host.restart()
    host.bench.send_all()
    assert host.bench.broker.ids() == ["00000002-1"]
    assert host.warnings == []


def test_a_foreign_copy_does_not_stop_a_host_without_a_broker(host: Keeping) -> None:
    change(host.file, "DROP TABLE unsent", "CREATE TABLE unsent (a, b)")
    recording = Recording(host.file.parent)
    recording.read_every(60, 2)
    recording.recorder.close()
    assert not [each for each in recording.warnings if "cannot be written" in each]


HISTORIES = {
    "no progress": ("DELETE FROM progress",),
    "a table without columns of ours": ("DROP TABLE marks", "CREATE TABLE marks (a)"),
    "a missing table": ("DROP TABLE hours",),
    "a missing index": ("DROP INDEX series_by_key",),
    "a path that is no JSON": ("UPDATE series SET path = 'x'",),
    "a path that is a number": ("UPDATE series SET path = '5'",),
    "a plugin that is no UTF-8": ("UPDATE series SET plugin = CAST(x'ff' AS TEXT)",),
    "an origin that is a text": ("UPDATE series SET origin = 'x'",),
    "a progress that is a text": ("UPDATE progress SET thinned_until = 'x'",),
}


@pytest.mark.parametrize("statements", HISTORIES.values(), ids=HISTORIES)
def test_a_history_of_a_foreign_form_is_put_aside(tmp_path: Path, statements: tuple[str, ...]) -> None:
    recording = Recording(tmp_path)
    recording.read_every(60, 2)
    recording.recorder.close()
    change(recording.file, *statements)
    recording.open()
    recording.read_every(60, 3)
    values = sum(point.count for point in recording.past(seconds=600).points)
    recording.recorder.close()
    (warning,) = recording.warnings
    assert "is damaged" in warning
    assert values == 3


def test_a_file_about_which_sqlite_speaks_no_utf8_is_put_aside_and_can_be_asked(tmp_path: Path) -> None:
    """Its error quotes the damaged name of a table."""
    recording = Recording(tmp_path)
    recording.read_every(60, 2)
    recording.recorder.close()
    content = recording.file.read_bytes()
    recording.file.write_bytes(content.replace(b"series_by_key", b"series\xdb(y_key"))
    answer = answer_from(recording.file, HistoryQuery("light", ("lux",), 0, recording.now, 10))
    assert "has what no host has written" in answer.problem
    with pytest.raises(HostError, match="cannot be read"):
        series_in(recording.file)
    recording.open()
    recording.read_every(60, 3)
    recording.recorder.close()
    assert "is damaged" in recording.warnings[0]
    assert [each.count for each in series_in(recording.file)] == [3]


@pytest.mark.parametrize("change_of", ["kind = 'of another version'", "time = 'x'", "text = CAST(x'ff' AS TEXT)"])
def test_a_mark_that_no_host_has_written_makes_no_answer_fail(tmp_path: Path, change_of: str) -> None:
    recording = Recording(tmp_path)
    recording.read_every(60, 2)
    recording.take(StateChanged(recording.now, "light", State.LOADING, State.RUNNING, ""))
    recording.recorder.close()
    change(recording.file, f"UPDATE marks SET {change_of}")
    answer = answer_from(recording.file, HistoryQuery("light", ("lux",), 0, recording.now + 1, 10))
    assert not answer.problem or "cannot be read" in answer.problem
