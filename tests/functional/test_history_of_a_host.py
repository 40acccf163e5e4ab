"""A host keeps the past of its readings, whatever ends it."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

import pytest

from hostcore.clock import NS_PER_S
from hostcore.events.history import HistoryQuery, HistoryReport, MarkKind
from hostcore.history.answers import answer_from
from hostcore.session import Order
from tests.command import Desk
from tests.supervised import COUNTER, SupervisedHost
from tests.waiting import comes_true

pytest_plugins = ["tests.supervised_fixture"]

COMMIT_SECONDS = 1.0
KILLS = 4
SETTINGS = f"""
[host]
interval = 0.05
[buses.system]
backend = "simulated"
[history]
file = "history.sqlite"
commit_seconds = {COMMIT_SECONDS}
"""


def query(plugin: str, key: str, points: int = 10_000) -> HistoryQuery:
    now = time.time_ns()
    return HistoryQuery(plugin, (key,), now - 600 * NS_PER_S, now + 1, points)


def counts(report: HistoryReport) -> list[int]:
    return [round(point.mean) for point in report.points for _ in range(point.count)]


class TestAHost:
    def test_answers_with_what_it_has_read_up_to_now(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.start()
        supervised.reading("counter", lambda reading: reading["count"] >= 5)
        assert comes_true(lambda: len(counts(supervised.host.history(query("counter", "count")))) >= 5, 10)
        # While the file is being made, an answer can be without it, and says so.
        assert comes_true(lambda: supervised.host.history(query("counter", "count")).is_complete, 10)
        report = supervised.host.history(query("counter", "count"))
        assert {mark.kind for mark in report.marks} >= {MarkKind.STATE}

    def test_remembers_it_after_a_restart_with_the_crashes(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.write("crasher", "def read():\n    raise RuntimeError('worn out')\n")
        supervised.start()
        supervised.crash("crasher")
        supervised.reading("counter", lambda reading: reading["count"] >= 3)
        supervised.host.order("crasher", Order.STOP)
        assert supervised.stop()
        file = supervised.host.config.history.file
        assert file is not None
        before = answer_from(file, query("counter", "count"))
        assert before.is_complete
        assert sum(point.count for point in before.points) >= 3
        crashes = [each for each in answer_from(file, query("crasher", "x")).marks if each.kind is MarkKind.CRASH]
        assert "RuntimeError: worn out" in crashes[0].text

    def test_says_why_it_keeps_none(self, supervised: SupervisedHost) -> None:
        supervised.configure({"history": {"enabled": False}})
        supervised.start()
        assert "set enabled = true in [history]" in supervised.host.history(query("counter", "count")).problem

    def test_goes_on_without_a_history_and_says_so_once(self, supervised: SupervisedHost) -> None:
        supervised.write("counter", COUNTER)
        supervised.configure({"history": {"file": "/proc/none/history.sqlite", "commit_seconds": 1.0}})
        supervised.start()
        supervised.line("host", "the history cannot be written")
        supervised.reading("counter", lambda reading: reading["count"] >= 5)
        assert supervised.stop()


@pytest.mark.thorough
def test_killed_at_any_moment_it_loses_nothing_that_it_had_committed(tmp_path: Path, cache_folder: Path) -> None:
    desk = Desk(tmp_path, cache_folder)
    desk.write("host.toml", SETTINGS)
    desk.write("plugins/counter.py", COUNTER)
    file, random = tmp_path / "history.sqlite", Random(5)

    def stored_since(began_ns: int) -> list[int]:
        asked = HistoryQuery("counter", ("count",), began_ns, time.time_ns(), 1)
        return counts(answer_from(file, asked, 1))

    stored = 0
    for _ in range(KILLS):
        began_ns = time.time_ns()
        with desk.running("run") as host:
            while not stored_since(began_ns):
                host.stdout.readline()
            for _ in range(random.randrange(40)):
                host.stdout.readline()
            committed = len(stored_since(began_ns))
            host.process.send_signal(signal.SIGKILL)
            host.process.wait()
        found = stored_since(began_ns)
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= committed
        stored += len(found)
    whole = answer_from(file, query("counter", "count"))
    assert whole.problem == ""
    assert sum(point.count for point in whole.points) == stored
    assert not list(tmp_path.glob("*damaged*"))


def test_a_file_that_a_person_only_tries_is_not_stored(tmp_path: Path, cache_folder: Path) -> None:
    desk = Desk(tmp_path, cache_folder)
    desk.write("host.toml", SETTINGS)
    script = desk.write("script.py", "print('lux:', 5)\n")
    with desk.running("try", script) as running:
        running.stdout.readline()
    assert not (tmp_path / "history.sqlite").exists()
