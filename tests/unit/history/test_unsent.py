"""The history keeps a copy of the readings that wait for the broker, and the next run of the host finds them."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hostcore.broker.unsent import UnsentReading
from hostcore.config.history import HistorySettings
from hostcore.history.recorder import Recorder
from hostcore.history.schema import VERSION, open_to_read
from tests.recorded import HOUR
from tests.unit.mqtt.outbox_bench import Bench


class Keeping:
    """A host whose broker is away, with its history."""

    def __init__(self, folder: Path, settings: HistorySettings | None = None) -> None:
        self.bench, self.file = Bench(), folder / "history.sqlite"
        self.bench.broker.is_there = False
        self.warnings: list[str] = []
        self._settings = settings or HistorySettings()
        self.open()

    def open(self) -> None:
        self.recorder = Recorder(
            self.file,
            self._settings,
            self.bench.clock,
            self.warnings.append,
            makes_folder=False,
            unsent=self.bench.outbox,
        )

    def restart(self) -> None:
        """Begin another run of the host, without an end of the last one."""
        self.recorder._release()
        self.bench.start()
        self.open()
        self.recorder.commit()

    def minute(self) -> None:
        self.bench.clock.advance(60)
        self.recorder.commit()

    def kept(self) -> list[str]:
        """Return the IDs in the file."""
        with open_to_read(self.file) as connection:
            try:
                rows = connection.execute("SELECT run, number FROM unsent ORDER BY id").fetchall()
            except sqlite3.OperationalError:
                return []
        return [f"{run}-{number}" for run, number in rows]


@pytest.fixture
def host(tmp_path: Path) -> Keeping:
    return Keeping(tmp_path)


def test_the_readings_that_wait_are_written_with_the_next_write(host: Keeping) -> None:
    host.bench.read()
    host.bench.read("bme680")
    host.minute()
    assert host.kept() == ["00000001-1", "00000001-2"]


def test_nothing_is_written_while_the_broker_confirms(host: Keeping) -> None:
    host.bench.broker.is_there = True
    for _ in range(5):
        host.bench.read()
        host.bench.send()
        host.bench.confirm()
        host.minute()
    with open_to_read(host.file) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert "unsent" not in tables


def test_what_is_confirmed_leaves_the_file_with_the_next_write(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    host.bench.send_all()
    host.minute()
    assert host.kept() == []


def test_a_killed_host_loses_what_came_after_the_last_write(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    host.bench.read()
    host.restart()
    host.bench.send_all()
    assert host.bench.broker.ids(late=True) == ["00000001-1"]


def test_a_host_that_ends_loses_nothing_and_the_oldest_are_sent_first(host: Keeping) -> None:
    for _ in range(3):
        host.bench.read()
        host.recorder.close()
        host.restart()
    host.bench.send_all()
    assert host.bench.broker.ids(late=True) == ["00000001-1", "00000002-1", "00000003-1"]
    host.minute()
    assert host.kept() == []


def test_a_damaged_file_gets_everything_again(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    host.recorder._release()
    host.file.write_bytes(os.urandom(100_000))
    host.bench.read()
    host.minute()
    assert host.kept() == ["00000001-1", "00000001-2"]


def test_a_write_that_fails_is_made_up_for(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    with closing(sqlite3.connect(host.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        host.bench.read()
        host.minute()
        assert "the history cannot be written" in host.warnings[0]
    host.minute()
    assert host.kept() == ["00000001-1", "00000001-2"]
    assert host.warnings[1:] == ["the history is written again; nothing is missing"]


def test_the_file_stays_one_of_the_same_version(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    with open_to_read(host.file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,) == (1,)


def test_they_get_a_part_of_the_file_and_the_newest_stay(tmp_path: Path) -> None:
    settings = HistorySettings(size_mib=8)
    host = Keeping(tmp_path, settings)
    for _ in range(30):
        host.bench.read(text="x" * 100_000)
    host.minute()
    most = (settings.unsent_mib << 20) // 100_000
    assert host.kept() == [f"00000001-{each}" for each in range(31 - most, 31)]


def test_they_are_deleted_when_no_host_has_sent_them_for_a_month(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    host.recorder._release()
    host.bench.start()
    recorder = Recorder(host.file, HistorySettings(), host.bench.clock, print, makes_folder=False)
    recorder.commit()
    host.bench.clock.advance(32 * 24 * HOUR)
    recorder.commit()
    host.bench.clock.advance(HOUR)
    recorder.commit()
    assert host.kept() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("plugin", "../pi2/bh1750"),
        ("plugin", "#"),
        ("plugin", "command"),
        ("plugin", b"bh1750"),
        ("run", "\x1b[2J"),
        ("number", "one"),
        ("time", 1.5),
        ("payload", "text"),
    ],
)
def test_what_no_host_has_written_is_not_sent(host: Keeping, column: str, value: object) -> None:
    host.bench.read()
    host.bench.read()
    host.minute()
    host.recorder._release()
    with closing(sqlite3.connect(host.file, isolation_level=None)) as other:
        other.execute(f"UPDATE unsent SET {column} = ? WHERE number = 1", (value,))
    host.restart()
    host.bench.send_all()
    assert host.bench.broker.ids() == ["00000001-2"]


def test_an_unsent_reading_knows_its_identity() -> None:
    assert UnsentReading("0a1b2c3d", 7, "bh1750", 0, b"{}").identity == ("0a1b2c3d", 7)


def test_a_second_host_on_the_same_history_says_that_what_waits_is_not_kept(host: Keeping) -> None:
    host.bench.read()
    host.minute()
    second = Keeping(host.file.parent)
    second.bench.read()
    second.minute()
    (warning,) = second.warnings
    assert "is in use by another host" in warning
    assert "readings that wait for the MQTT broker are lost if the host ends" in warning
    assert "is in use by another host" in second.bench.outbox.not_kept
    host.recorder.close()
    second.minute()
    assert second.bench.outbox.not_kept == ""
