"""The screen of a host in another process, with real processes, terminals and signals."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from tests.command import PATIENCE, PROGRAM, Desk, counting_desk
from tests.terminal_process import TerminalProcess
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tests.waiting import until

SCREENS, TOGETHER = 100, 5
"""Screens that are killed, and how many of them are attached at a time."""

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return counting_desk(tmp_path / "desk", cache_folder)


def test_a_screen_comes_and_goes_and_the_host_stays(desk: Desk) -> None:
    with desk.running("run") as host:
        host.stdout.readline()
        attached = f"attached to PID {host.process.pid}"
        for _ in range(2):
            with Tmux([str(PROGRAM)], desk.folder, size=(120, 30)) as terminal:
                terminal.until(attached, re.compile(r"n +\d+"), "1 running")
                terminal.keys("q")
                terminal.until(f"{ENDED} 0")
        assert host.stdout.readline(), "it reads on"


def test_a_host_that_is_killed_and_comes_back_is_told(desk: Desk) -> None:
    with desk.running("run") as first:
        first.stdout.readline()
        with Tmux([str(PROGRAM)], desk.folder, size=(120, 30)) as terminal:
            terminal.until(f"attached to PID {first.process.pid}", re.compile(r"n +\d+"))
            first.stop(signal.SIGKILL)
            terminal.until("NO CONNECTION")
            with desk.running("run") as second:
                terminal.until(f"attached to PID {second.process.pid}", re.compile(r"n +\d+"))
                assert "NO CONNECTION" not in terminal.text
                terminal.keys("q")
                terminal.until(f"{ENDED} 0")


def test_stopping_the_host_from_the_screen_stops_it_in_order(desk: Desk) -> None:
    with desk.running("run") as host:
        host.stdout.readline()
        with Tmux([str(PROGRAM)], desk.folder, size=(120, 30)) as terminal:
            terminal.until(f"attached to PID {host.process.pid}")
            terminal.keys("Q")
            terminal.until(f"Stop the host (PID {host.process.pid})?")
            terminal.keys("y")
            host.stdout.read()
            assert host.process.wait(30) == 0
            terminal.until("NO CONNECTION")
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")


def test_a_host_that_was_started_in_the_background_has_a_screen(desk: Desk) -> None:
    started = desk.run("up")
    assert started.status == 0, started.err
    try:
        with Tmux([str(PROGRAM)], desk.folder, size=(120, 30)) as terminal:
            terminal.until(re.compile(r"attached to PID \d+"), re.compile(r"n +\d+"))
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")
        assert desk.run("status").status == 0, "it goes on"
    finally:
        assert desk.run("down").status == 0


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_a_hundred_screens_are_killed_at_any_moment_and_the_host_never_notices(desk: Desk) -> None:
    chance = Random(7)
    with desk.running("run") as host:
        rounds = [_number(host.stdout.readline()) for _ in range(30)]  # all parts of the host have started meanwhile
        before = _threads(host.process.pid)
        for _ in range(SCREENS // TOGETHER):
            screens = [TerminalProcess([str(PROGRAM)], folder=desk.folder) for _ in range(TOGETHER)]
            for screen in screens:
                _read_some(screen, chance.choice((0, 500, 5_000, 20_000)) * chance.random())
                with screen:
                    os.kill(screen.pid, signal.SIGKILL)
            rounds += [_number(host.stdout.readline()) for _ in range(3)]
        until(lambda: _threads(host.process.pid) <= before, PATIENCE)
        with Tmux([str(PROGRAM)], desk.folder, size=(120, 30)) as terminal:
            terminal.until(f"attached to PID {host.process.pid}")
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")
        outcome = host.stop(signal.SIGTERM)
    rounds += [_number(line) for line in outcome.out.splitlines()]
    turns = [number for number, _ in groupby(rounds)]
    assert turns == sorted(set(turns)), "the driver never began again"
    # On a computer that five screens keep busy, a reading may come after its round, or share one with the next reading.
    assert len(turns) > 0.9 * (turns[-1] - turns[0]), "the driver missed no turns"
    assert outcome.status == 0
    assert outcome.complaints == ""


def _number(line: str) -> int:
    return int(json.loads(line)["count"]["n"])


def _threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def _read_some(screen: TerminalProcess, count: float) -> None:
    """Read at least this many bytes of a screen, or all that it writes in a second."""
    latest = time.monotonic() + 1.0
    while len(screen.written) < count and time.monotonic() < latest:
        screen.read(0.1)
