"""A history file that is damaged, foreign, in use or cannot be written: the host says so once, and goes on."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from hostcore.history import lock
from hostcore.history.answers import series_in
from hostcore.history.ledger import Ledger
from hostcore.history.pending import MOST_VALUES
from hostcore.history.schema import VERSION
from tests.recorded import HOUR, Recording


@pytest.fixture
def full(tmp_path: Path) -> Recording:
    """A history with an hour of values, closed."""
    recording = Recording(tmp_path)
    recording.read_every(2, 1800)
    recording.recorder.close()
    return recording


def again(recording: Recording) -> None:
    """Start a new recorder on the same file, and let it record a value."""
    recording.open()
    recording.read_every(2, 1)
    recording.recorder.commit()


class TestADamagedFile:
    @pytest.mark.parametrize("damage", ["truncated", "garbage", "half garbage", "empty"])
    def test_is_put_aside_and_reported_once(self, full: Recording, damage: str) -> None:
        content = full.file.read_bytes()
        half = len(content) // 8192 * 4096
        full.file.write_bytes(
            {
                "truncated": content[: half + 100],
                "garbage": b"not a database " * 1000,
                "half garbage": content[:4096] + os.urandom(len(content) - 4096),
                "empty": b"",
            }[damage]
        )
        again(full)
        full.read_every(60, 70)
        values = sum(point.count for point in full.past(seconds=2 * HOUR).points)
        full.recorder.close()
        assert values == 71
        aside = sorted(full.file.parent.glob("history.sqlite.damaged-2024*"))
        if damage == "empty":
            assert full.warnings == aside == []
        else:
            (warning,) = full.warnings
            assert "is damaged" in warning
            assert str(aside[0]) in warning

    def test_is_kept_but_not_more_than_two_of_them(self, full: Recording) -> None:
        for _ in range(4):
            full.file.write_bytes(b"garbage " * 1000)
            again(full)
            full.recorder.close()
        assert len(list(full.file.parent.glob("*.damaged-*"))) == 2


class TestAFileThatIsNotForThisHost:
    def test_because_it_is_newer_is_left_alone(self, full: Recording) -> None:
        with closing(sqlite3.connect(full.file)) as connection:
            connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        before = full.file.read_bytes()
        again(full)
        full.read_every(60, 5)
        full.recorder.close()
        (warning,) = full.warnings
        assert "was written by a newer wasi-host" in warning
        assert full.file.read_bytes() == before

    def test_because_it_is_another_programs_is_left_alone(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        with closing(sqlite3.connect(recording.file)) as connection:
            connection.execute("CREATE TABLE photos (name TEXT)")
        before = recording.file.read_bytes()
        again(recording)
        (warning,) = recording.warnings
        assert "is the file of another program" in warning
        assert recording.file.read_bytes() == before

    def test_because_another_host_writes_it_is_refused(self, full: Recording) -> None:
        again(full)
        other = Recording(full.file.parent)
        again(other)
        (warning,) = other.warnings
        assert "is in use by another host" in warning
        full.recorder.close()
        other.recorder.commit()
        assert other.warnings[-1] == "the history is written again; nothing is missing"
        other.recorder.close()


class TestAFileThatCannotBeWritten:
    def test_because_its_folder_is_missing_is_tried_again(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path / "disk")
        recording.read_every(2, 40)
        (warning,) = recording.warnings
        assert "No such file or directory" in warning
        assert recording.past(seconds=100).problem == ""
        (tmp_path / "disk").mkdir()
        recording.read_every(2, 40)
        assert recording.warnings[1:] == ["the history is written again; nothing is missing"]
        assert sum(point.count for point in recording.past(seconds=200).points) == 80
        recording.recorder.close()

    def test_because_the_disk_is_full_keeps_what_fits_into_memory_and_counts_the_rest(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recording = Recording(tmp_path)
        monkeypatch.setattr("hostcore.history.pending.MOST_VALUES", 50)
        monkeypatch.setattr("hostcore.history.recorder.Ledger", no_space)
        recording.read_every(1, 60)
        assert "No space left on device" in recording.warnings[0]
        assert not recording.past(seconds=100).is_complete
        monkeypatch.undo()
        recording.read_every(60, 1)
        assert recording.warnings[1:] == ["the history is written again; 10 values are missing"]
        recording.recorder.close()

    def test_takes_little_memory(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path / "missing")
        recording.recorder.commit()
        for _ in range(MOST_VALUES // 200 // 10):
            recording.clock.advance(0.1)
            recording.read({f"key{index}": index for index in range(200)})
        assert recording.recorder._pending.count <= 60 * 200


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_only_its_owner_can_read_it(full: Recording) -> None:
    assert full.file.stat().st_mode & 0o777 == 0o600


def test_a_long_write_that_the_end_of_the_host_interrupts_is_made_up_for_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording(tmp_path)
    recording.recorder.commit()

    def slow(ledger: Ledger, *_: object, **__: object) -> None:
        Timer(0.05, recording.recorder.interrupt).start()
        ledger._connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        ).fetchall()

    monkeypatch.setattr(Ledger, "thin", slow)
    recording.clock.advance(2 * HOUR)
    recording.read({"lux": 1})
    recording.recorder.commit()
    monkeypatch.undo()
    recording.read({"lux": 2})
    recording.recorder.close()
    assert recording.warnings == []
    assert [each.count for each in series_in(recording.file)] == [2]


def test_a_file_system_without_locks_costs_no_descriptors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock, "take_lock", refuse)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="No locks available"):
        lock.locked(tmp_path / "history.sqlite", makes_folder=False)
    assert len(list(Path("/proc/self/fd").iterdir())) == before, "the host tries again for as long as it runs"
