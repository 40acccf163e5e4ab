"""``wasi-host run --web``, run as a person runs it, and a whole host behind a page."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hostcore.events import State
from tests.command import PROGRAM, Desk, Running
from tests.hostile.collection import place, tables
from tests.supervised import COUNTER, SupervisedHost
from tests.terminal_process import TerminalProcess
from tests.waiting import soon
from tests.web_visitor import Served, Stream, Visitor, serving

pytest_plugins = ["tests.supervised_fixture"]
QUICK = """
    [host]
    interval = 0.05
"""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    made.write("host.toml", QUICK)
    made.write("plugins/counter.py", COUNTER)
    return made


def visitor_of(running: Running) -> Visitor:
    """Somebody who goes where the log says."""
    running.wait_for("the web is at http://")
    found = re.search(r"the web is at http://127\.0\.0\.1:(\d+)/", "".join(running.err))
    assert found
    return Visitor(int(found[1]))


def test_it_serves_what_the_plugins_read_and_ends_with_the_command(desk: Desk) -> None:
    with desk.running("run", "--web", "--port", "0") as running:
        visitor = visitor_of(running)
        with visitor.stream("?kinds=round") as stream:
            told = stream.next().data["readings"]
            assert told["counter"]["count"] >= 1
            assert visitor.get("/api/readings").json["counter"]["count"] >= told["counter"]["count"]
            with soon():
                outcome = running.stop(signal.SIGTERM)
        assert (outcome.status, "Traceback" in outcome.err) == (0, False)
        assert all(json.loads(line) for line in outcome.out.splitlines())


def test_host_toml_can_have_it_on_too(desk: Desk) -> None:
    desk.write("host.toml", QUICK + "\n    [web]\n    enabled = true\n    port = 0")
    with desk.running("run") as running:
        with visitor_of(running).stream("?kinds=round") as stream:
            assert stream.next().data["readings"]["counter"]["count"] >= 1
        assert running.stop(signal.SIGINT).status == 0


def test_without_it_nothing_listens_and_its_libraries_are_not_loaded(desk: Desk) -> None:
    outcome = desk.run("run", "--rounds", "1", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    assert outcome.status == 0
    assert "hostcore.host" in outcome.err
    assert not re.search(r"\b(aiohttp|prometheus_client|asyncio)\b", outcome.err)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--port", "1"], 2, "--host and --port say where the web listens; add --web"),
        (["--web", "--host", "0.0.0.0"], 1, "0.0.0.0 can be reached from other machines, so a token is needed"),
        (["--web", "--port", "65536"], 2, "'65536' is not a port, 0 to 65535"),
        (["--web", "--host", "http://x"], 2, "is not an address or name of this machine"),
        (["--web", "--host", "no-such-host.invalid"], 1, "so a token is needed"),
    ],
)
def test_what_cannot_be_is_one_line(desk: Desk, arguments: list[str], status: int, words: str) -> None:
    outcome = desk.run_here("run", *arguments)
    assert outcome.status == status
    assert words in outcome.err.splitlines()[-1]
    assert "Traceback" not in outcome.err


def test_a_port_that_is_taken_is_one_line_and_nothing_is_left_running(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = desk.run("run", "--web", "--port", str(port))
    assert (outcome.status, outcome.out) == (1, "")
    assert f"127.0.0.1, port {port}: Address already in use" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("library", ["aiohttp", "prometheus_client"])
def test_a_missing_library_is_one_line_that_says_what_to_do(desk: Desk, library: str) -> None:
    desk.write(f"missing/{library}.py", f"raise ModuleNotFoundError('No module named {library}', name='{library}')")
    outcome = desk.run("run", "--web", environment={"PYTHONPATH": str(desk.folder / "missing")})
    assert (outcome.status, outcome.out) == (1, "")
    assert re.fullmatch(rf"wasi-host: the web needs {library}: .* -m pip install .*\[web\]'\n", outcome.complaints)


def test_a_changed_setting_of_the_web_holds_from_the_next_start_on(desk: Desk) -> None:
    with desk.running("run", "--web", "--port", "0") as running:
        visitor_of(running)
        assert running.stdout.readline()
        desk.write("host.toml", QUICK + "\n    [web]\n    port = 4000")
        running.wait_for("changes of [web] take effect at the next start")


def test_the_screen_has_it_where_host_toml_says_so_until_the_screen_is_left(desk: Desk, cache_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        visitor = Visitor(free.getsockname()[1])
    desk.write("host.toml", QUICK + f"\n    [web]\n    enabled = true\n    port = {visitor.port}")
    with TerminalProcess(
        [str(PROGRAM)], size=(120, 40), folder=desk.folder, XDG_CACHE_HOME=str(cache_folder.parent)
    ) as screen:
        screen.read_until(b"the web is at")
        with visitor.stream("?kinds=round") as stream:
            assert stream.next().data["readings"]["counter"]["count"] >= 1
        screen.type(b"q")
        assert screen.end() == 0
    with pytest.raises(ConnectionRefusedError):
        visitor.connect()


# A whole host


def test_a_page_plugin_that_crashes_gives_an_error_page_and_comes_back_with_its_new_version(
    supervised: SupervisedHost,
) -> None:
    supervised.write("counter", COUNTER)
    supervised.write("dashboard", "def render(readings): return 'first'")
    with serving_of(supervised) as served, served.visitor.stream("?kinds=page,problem") as stream:
        stream.until("page", html="first")
        assert served.visitor.get("/").status == 200
        supervised.write("dashboard", "def render(readings): 1 / 0")
        assert "ZeroDivisionError" in stream_problem(stream)
        answer = served.visitor.get("/")
        assert answer.status == 503
        assert "ZeroDivisionError" in answer.text
        supervised.reaches("dashboard", State.QUARANTINED)
        supervised.write("dashboard", "def render(readings): return 'second'")
        stream.until("page", html="second")
        assert served.visitor.get("/").status == 200
    supervised.reading("counter")


def test_a_page_plugin_that_hangs_keeps_no_request_waiting(supervised: SupervisedHost) -> None:
    supervised.configure({"plugins.dashboard.limits": {"call_seconds": 20}})
    supervised.write("counter", COUNTER)
    supervised.write(
        "dashboard",
        "pages = iter(['page'])\ndef render(_): return next(pages, None) or hang()\ndef hang():\n while 1: pass",
    )
    with serving_of(supervised) as served, served.visitor.stream("?kinds=round,page") as stream:
        number = stream.until("page").data["number"]
        stream.until("round", number=number + 3)
        assert "page" in served.visitor.get("/").text


def test_orders_reach_the_plugins(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    with serving_of(supervised) as served:
        supervised.reading("counter")
        assert served.visitor.post("/api/plugins/counter/stop").status == 202
        supervised.reaches("counter", State.STOPPED)
        assert served.visitor.post("/api/plugins/counter/start").status == 202
        supervised.reaches("counter", State.RUNNING)
        assert served.visitor.post("/api/plugins/counter/reload").status == 202
        supervised.reaches("counter", State.RUNNING)
        answer = served.visitor.post("/api/plugins/nobody/stop")
    assert (answer.status, answer.json["error"]) == (404, "no plugin is called 'nobody'; there are: counter")


def test_visitors_who_mean_harm_are_not_noticed_by_the_plugins(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    host = b"Host: localhost\r\nConnection: close\r\n"
    harm = (
        b"\x00\xff\r\n\r\n" * 100,
        b"GET /" + b"x" * 50_000 + b" HTTP/1.1\r\n" + host + b"\r\n",
        b"POST /api/plugins/counter/stop HTTP/1.1\r\n" + host + b"Content-Length: 99999999\r\n\r\n" + b"x" * 50_000,
        b"POST /api/plugins/counter/stop HTTP/1.1\r\nOrigin: http://evil.example\r\n" + host + b"\r\n",
        b"GET /static/../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n",
    )
    with serving_of(supervised) as served:
        before = supervised.reading("counter")["count"]
        for raw in harm:
            served.visitor.send(raw)
            assert supervised.reading("counter")["count"] > before
    assert supervised.states("counter") == [State.LOADING, State.RUNNING]


def test_whatever_hostile_plugins_say_every_answer_stays_sound(supervised: SupervisedHost) -> None:
    liars = ("floods", "paints_the_terminal", "prints_bytes", "raises", "reads_deep", "reads_giants", "reads_nan")
    supervised.configure(tables(liars))
    place(liars, supervised.folder / "plugins")
    supervised.write("dashboard", "def render(readings): return '</iframe><script>alert(1)</script>\\0\\x1b'")
    supervised.write(
        "odd",
        "def read(): return {'\\u2028\\n\"': {'\\0': 1e308, 'x': 10**300}, '</script>': '\\r\\n\\r\\nevent: page'}",
    )
    with serving_of(supervised) as served, served.visitor.stream("?kinds=round,page,log,crash") as stream:
        stream.until("page")
        stream.until("crash", plugin="raises")
        rounds = iter(lambda: stream.until("round").data["readings"], None)
        assert '\u2028\n"' in next(each["odd"] for each in rounds if "odd" in each)
        for path in ("/api/readings", "/api/plugins", "/api/logs?limit=1000"):
            assert served.visitor.get(path).json
        families = {family.name for family in text_string_to_metric_families(served.visitor.get("/metrics").text)}
        assert "wasi_host_reading" in families
        assert "<script>alert" not in served.visitor.get("/").text
        assert not served.said


@contextmanager
def serving_of(supervised: SupervisedHost) -> Iterator[Served]:
    """A host and its web, which listens first, so that it misses nothing."""
    with serving(session=supervised.prepare()) as served:
        supervised.host.start()
        yield served


def stream_problem(stream: Stream) -> str:
    """The next problem of the page."""
    while not (problem := stream.until("problem").data["problem"]):
        pass
    return problem
