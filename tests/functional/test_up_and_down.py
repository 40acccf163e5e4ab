"""``wasi-host up``, ``status``, ``logs`` and ``down``: a host in the background, with real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.control.holder import present_holder
from tests.command import PATIENCE, Desk, Outcome
from tests.supervised import COUNTER
from tests.waiting import until

pytestmark = pytest.mark.thorough

SETTINGS = """
[host]
interval = 0.1
[supervisor]
max_crashes = 0
[buses.system]
backend = "simulated"
"""
TALKS = """
from host import log
def setup():
    log.warning("\\x1b[31mhello")
def read():
    return {"value": 1}
"""
REPORTS = "import host\ndef read(): raise host.SensorError('no answer')\n"
CRASHES = "def read():\n    raise KeyError('gain')\n"


class Background:
    """A person's folder in which a host may run in the background."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def run(self, *arguments: str) -> Outcome:
        """Run a command to its end."""
        return self.desk.run(*arguments)

    def status(self) -> tuple[int, dict[str, object]]:
        """The exit status of ``status``, and what it says."""
        outcome = self.run("status", "--json")
        return outcome.status, json.loads(outcome.out)

    def signal(self, number: signal.Signals) -> None:
        """Send the host a signal, if it runs."""
        if (holder := present_holder(self.desk.folder / "host.toml")) is not None:
            os.kill(holder.process, number)


@pytest.fixture
def background(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Background]:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Background(Desk(tmp_path / "desk", cache_folder))
    made.desk.write("host.toml", SETTINGS)
    made.desk.write("plugins/one.py", COUNTER)
    yield made
    made.signal(signal.SIGKILL)


def test_it_starts_it_is_well_it_can_be_asked_and_it_ends(background: Background) -> None:
    assert background.status() == (
        3,
        {"running": False, "well": False, "config": f"{background.desk.folder}/host.toml"},
    )
    started = background.run("up")
    assert (started.status, started.err) == (0, "")
    assert "1 running; log: " in started.out
    again = background.run("up")
    assert (again.status, "uses these settings already" in again.out) == (0, True)
    status, told = background.status()
    assert (status, told["running"], told["well"], told["simulated"]) == (0, True, True, ["system"])
    assert f"(PID {told['process']}) since " in " ".join(background.run("status").out.split())
    ended = background.run("down")
    assert (ended.status, ended.out) == (
        0,
        f"{background.desk.folder}/host.toml: the host (PID {told['process']}) has ended\n",
    )
    assert background.run("down").out == f"{background.desk.folder}/host.toml: no host runs\n"
    assert background.run("status").status == 3


def test_a_mistake_in_its_settings_file_hides_no_running_host(background: Background) -> None:
    assert background.run("up").status == 0
    background.desk.write("host.toml", "[host\n")
    assert background.status()[0] == 0
    assert background.run("logs").status == 0
    assert background.run("down").status == 0
    assert "not TOML" in background.run("status").err


def test_it_can_be_reached_after_a_logout_has_removed_the_runtime_folder(
    background: Background, tmp_path: Path
) -> None:
    assert background.run("up").status == 0
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").mkdir(mode=0o700)
    assert background.status()[0] == 0


def test_two_that_are_started_at_the_same_time_become_one(background: Background) -> None:
    with background.desk.running("up") as one, background.desk.running("up") as other:
        told = sorted(each.stdout.read().partition(": ")[2].partition(" (PID")[0] for each in (one, other))
        assert {each.process.wait(PATIENCE) for each in (one, other)} == {0}
    assert told == ["a host runs in the background", "a running host"]


def test_a_file_in_the_folder_of_its_state_takes_the_place_of_no_module(background: Background, tmp_path: Path) -> None:
    for module in ("tui", "tomllib", "hostcore"):
        file = tmp_path / "state" / "wasi-host" / f"{module}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("raise SystemExit('this ran')\n")
    started = background.run("up")
    assert (started.status, started.err) == (0, "")


def test_a_second_host_is_refused_while_it_runs(background: Background) -> None:
    assert background.run("up").status == 0
    assert "is in use by a running host" in background.run("run", "--rounds", "1").err


def test_a_plugin_that_crashed_is_trouble(background: Background) -> None:
    background.desk.write("plugins/broken.py", CRASHES)
    assert background.run("up").status == 0
    until(lambda: background.status()[0] == 1, PATIENCE)
    shown = background.run("status").out
    assert "  broken           QUARANTINED " in shown
    assert "KeyError" in shown


def test_a_driver_that_only_reports_errors_is_trouble(background: Background) -> None:
    background.desk.write("plugins/unplugged.py", REPORTS)
    assert background.run("up").status == 0
    until(lambda: background.status()[0] == 1, PATIENCE)
    assert re.search(r"unplugged +FAILING +0 readings; \d+ errors since the last reading", background.run("status").out)


def test_the_log_can_be_read_and_chosen_from(background: Background) -> None:
    background.desk.write("plugins/talks.py", TALKS)
    assert background.run("up").status == 0
    lines = background.run("logs").out
    assert "take effect at the next start" not in lines, "nobody has changed host.toml"
    assert "WARNING talks: \\x1b[31mhello\n" in lines
    (line,) = background.run("logs", "--plugin", "talks", "--level", "warning", "--json").out.splitlines()
    told = json.loads(line)
    assert (told["plugin"], told["level"], told["by_host"]) == ("talks", "warning", False)
    assert background.run("logs", "--level", "error").out == ""
    assert background.run("down").status == 0
    outcome = background.run("logs")
    assert (outcome.status, outcome.out) == (3, "")
    file = Path(outcome.err.rpartition(" ")[2].strip())
    assert "talks: \\x1b[31mhello\n" in file.read_text(encoding="utf-8")


def test_the_log_is_followed_beyond_a_restart_of_the_host(background: Background) -> None:
    assert background.run("up").status == 0
    with background.desk.running("logs", "-f") as following:
        background.desk.write("plugins/talks.py", TALKS)
        assert any("talks: \\x1b[31mhello" in line for line in iter(following.stdout.readline, ""))
        assert background.run("down").status == 0
        assert background.run("up").status == 0
        assert any("a host runs again" in line for line in iter(following.stdout.readline, ""))
        outcome = following.stop(signal.SIGINT)
        assert (outcome.status, outcome.err) == (0, "")


def test_a_host_that_cannot_start_says_why(background: Background) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        background.desk.write("host.toml", f"{SETTINGS}\n[web]\nenabled = true\nport = {port}\n")
        outcome = background.run("up")
    assert outcome.status == 1
    assert outcome.err.startswith("wasi-host: the host ended with status 1 before it was ready; the end of ")
    assert f"127.0.0.1:{port}" in outcome.err or str(port) in outcome.err
    assert background.run("status").status == 3


def test_a_host_that_hangs_does_not_answer_and_that_is_trouble(background: Background) -> None:
    assert background.run("up").status == 0
    background.signal(signal.SIGSTOP)
    outcome = background.run("status")
    assert (outcome.status, outcome.err) == (1, "")
    assert "does not answer: no whole line within 2 s" in outcome.out


def test_after_kill_9_nothing_runs_and_it_can_start_again(background: Background) -> None:
    assert background.run("up").status == 0
    background.signal(signal.SIGKILL)
    until(lambda: background.status()[0] == 3, PATIENCE)
    assert background.run("up").status == 0


def test_a_host_that_started_without_a_login_is_found_from_a_login(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without_login:
        without_login.delenv("XDG_RUNTIME_DIR")
        assert background.run("up").status == 0
    status, told = background.status()
    assert (status, told["running"]) == (0, True)
    assert "host.toml: the running host (PID " in " ".join(background.run("diagnose", "--seconds", "0.1").out.split())
