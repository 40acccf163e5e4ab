"""The screen of a fleet in a real terminal, with a real broker and a real host."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.broker import Broker, running
from tests.command import Desk
from tests.ssh_server import COMPUTER, SshServer
from tests.tmux import ENDED, IS_INSTALLED, Tmux

pytest_plugins = ["tests.ssh_fixtures"]
pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")

WASI_HOST = str(Path(sys.executable).with_name("wasi-host"))
COUNTER = "calls = 0\ndef read():\n    global calls\n    calls += 1\n    return {'calls': calls}\n"
HASTY = "def read():\n    return {'glow': {}['gain']}\n"


@pytest.mark.thorough
def test_a_person_finds_the_crash_of_a_node_sees_it_live_and_comes_back(tmp_path: Path, cache_folder: Path) -> None:
    desk = Desk(tmp_path / "desk", cache_folder)
    desk.write("plugins/counter.py", COUNTER)
    desk.write("plugins/hasty.py", HASTY)
    (tmp_path / "broker").mkdir()
    with running(tmp_path / "broker") as broker:
        section = f'{broker.section}node = "attic"\ntags = ["house"]\ncommands = ["read"]\n'
        desk.write("host.toml", f'[host]\ninterval = 0.5\n[buses.system]\nbackend = "simulated"\n{section}')
        fleet = [WASI_HOST, "fleet", f"mqtt://pi@127.0.0.1:{broker.ports.plain}"]
        options = ["--password-file", str(broker.password_file)]
        with (
            desk.running("run"),
            Tmux([*fleet, *options], tmp_path, (100, 30), XDG_STATE_HOME=str(tmp_path / "state")) as terminal,
        ):
            terminal.until("1 node: 1 TROUBLE", re.compile("attic +! TROUBLE +1 of 2"), "hasty")
            terminal.keys("Enter")
            terminal.until(re.compile("hasty +(! BACKOFF|X QUARANTINED)"), re.compile(r"calls +\d+ "))
            terminal.keys("x")
            terminal.until("on attic since its host started", "KeyError")
            terminal.keys("Enter")
            terminal.until("Crash of hasty on attic", "hasty.py", "line 2, in read")
            terminal.keys("q")
            terminal.keys("q")
            terminal.until("1 Plugins", "2 Values")
            terminal.keys("l")
            terminal.until("on attic", "[1 Readings]", re.compile(r"calls +\d+ "))
            terminal.keys("q")
            terminal.until("1 Plugins", "2 Values", "tags: house")
            terminal.keys("Escape")
            terminal.until("Nodes on mqtt://127.0.0.1")
            broker.kill()
            terminal.until("NO CONNECTION", "~ was TROUBLE")
            broker.start()
            terminal.until(re.compile("attic +! TROUBLE"))
            assert "NO CONNECTION" not in terminal.text
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")


@pytest.mark.thorough
def test_a_node_that_answers_nothing_over_the_broker_is_opened_over_ssh(
    far_desk: Desk, server: SshServer, broker: Broker, tmp_path: Path
) -> None:
    settings = (far_desk.folder / "host.toml").read_text(encoding="utf-8")
    far_desk.write("host.toml", f'{settings}{broker.section}node = "barn"\nprefix = "by-ssh"\n')
    fleet = [WASI_HOST, "fleet", f"mqtt://pi@127.0.0.1:{broker.ports.plain}", "--prefix", "by-ssh"]
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "host.toml").touch()
    with (
        far_desk.running("run"),
        Tmux([*fleet, "--password-file", str(broker.password_file)], tmp_path / "near", (100, 30)) as terminal,
    ):
        terminal.until(re.compile(r"barn +\+ ok"))
        terminal.keys("l")
        terminal.until("answers nothing over")
        terminal.keys("s")
        terminal.until("barn for ssh, such as pi@raspberrypi")
        terminal.keys(COMPUTER, "Enter")
        terminal.until("no host runs with")
        assert "barn" in terminal.text, "the fleet is back"
        terminal.keys("q")
        terminal.until(f"{ENDED} 0")
