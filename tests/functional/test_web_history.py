"""``/api/history``: the past of a reading for programs, behind the same token, and within bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hostcore.clock import NS_PER_S
from hostcore.config.web import WebSettings
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryQuery, HistoryReport, MarkKind
from tests.scripted_session import ScriptedSession
from tests.web_visitor import Served, serving

POINT = HistoryPoint(5, 1.0, 2.0, 3.0, 4, is_after_gap=True, is_simulated=True)
STORED = HistoryReport((POINT,), 1000, is_complete=True, marks=(HistoryMark(7, "light", MarkKind.CRASH, "trap"),))
PATH = "/api/history?plugin=light&key=lux"


class SlowSession(ScriptedSession):
    """Answers only when it is told so, and counts the queries that it works on."""

    def __init__(self) -> None:
        super().__init__()
        self.working, self.most = 0, 0
        self.lock, self.go = threading.Lock(), threading.Event()

    def history(self, query: HistoryQuery) -> HistoryReport:
        with self.lock:
            self.working += 1
            self.most = max(self.most, self.working)
        self.go.wait(10)
        with self.lock:
            self.working -= 1
        return super().history(query)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(session=ScriptedSession(stored=STORED)) as made:
        yield made


def test_it_has_points_marks_and_what_is_known_about_them(served: Served) -> None:
    found = served.visitor.get(PATH).json
    assert found["points"] == [
        {
            "time_ns": 5,
            "lowest": 1.0,
            "mean": 2.0,
            "highest": 3.0,
            "count": 4,
            "is_after_gap": True,
            "is_simulated": True,
            "is_faulty": False,
        }
    ]
    assert found["marks"] == [{"time_ns": 7, "plugin": "light", "kind": "crash", "text": "trap"}]
    assert (found["resolution_ns"], found["is_complete"], found["problem"]) == (1000, True, "")
    assert (found["quantity"]["unit"], found["quantity"]["is_guessed"]) == ("lx", True)


def test_without_times_it_is_the_last_day(served: Served) -> None:
    served.visitor.get(PATH)
    (query,) = served.session.queries
    assert query.until_ns - query.since_ns == 86_400 * NS_PER_S
    assert abs(query.until_ns - time.time_ns()) < 60 * NS_PER_S


def test_each_level_of_a_reading_has_a_key(served: Served) -> None:
    served.visitor.get("/api/history?plugin=bme680&key=air.quality&key=0&seconds=60&until_ns=100000000000&points=7")
    assert served.session.queries == [
        HistoryQuery("bme680", ("air.quality", "0"), 40 * NS_PER_S, 100 * NS_PER_S, points=7)
    ]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/history", "plugin=NAME and key=KEY are needed"),
        ("/api/history?plugin=light", "plugin=NAME and key=KEY are needed"),
        (f"{PATH}&points=2001", "found points='2001', allowed is 1 to 2000"),
        (f"{PATH}&points=-1", "found points='-1', allowed is 1 to 2000"),
        (f"{PATH}&seconds=0", "found seconds='0'"),
        (f"{PATH}&until_ns=99999999999999999999", "found until_ns='99999999999999999999'"),
        (f"{PATH}{'x' * 300}", "up to 200 characters"),
    ],
)
def test_a_wrong_request_is_told_what_is_allowed(served: Served, path: str, words: str) -> None:
    answer = served.visitor.get(path)
    assert answer.status == 400
    assert words in answer.json["error"]
    assert served.session.queries == []


def test_it_needs_the_token(served: Served) -> None:
    with serving(WebSettings(port=0, token="correct-horse-battery")) as closed:
        assert closed.visitor.get(PATH).status == 401


def test_only_two_queries_at_a_time_take_a_thread() -> None:
    session = SlowSession()
    with serving(session=session) as served, ThreadPoolExecutor(6) as visitors:
        answers = [visitors.submit(served.visitor.get, PATH) for _ in range(6)]
        assert served.visitor.get("/api/plugins").status == 200
        session.go.set()
        assert [each.result().status for each in answers] == [200] * 6
    assert session.most <= 2
