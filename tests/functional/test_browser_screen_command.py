"""The command that serves the screen to browsers."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.browser_terminal import Terminal, in_terminal
from tests.command import Desk

TOKEN = "correct-horse-battery"


class TestTheCommand:
    @pytest.fixture
    def desk(self, tmp_path: Path, cache_folder: Path) -> Desk:
        folder = tmp_path / "desk"
        folder.mkdir()
        desk = Desk(folder, cache_folder)
        desk.write("host.toml", "")
        return desk

    def test_tells_where_the_screen_is_and_its_token_and_ends_in_order(self, desk: Desk) -> None:
        with desk.running("screen", "--web", "--port", "0") as running:
            running.wait_for("its token for this run is ")
            told = "".join(running.err)
            port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/screen", told)[0])
            (token,) = re.findall(r"run is ([0-9a-f]{32});", told)
            headers = {"Authorization": f"Bearer {token}"}
            in_terminal(port, headers, lambda terminal: terminal.until(lambda: "SIMULATED" in terminal.text))
            outcome = running.stop(signal.SIGTERM)
            assert (outcome.status, outcome.out) == (0, "")
            assert not running.left_behind()

    @pytest.mark.thorough
    def test_shows_the_host_that_runs_and_what_it_logged_before_and_leaves_it_running(self, desk: Desk) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "early" in terminal.text)
            await terminal.type("3")
            await terminal.until(lambda: "said before" in terminal.text)

        desk.write("plugins/early.py", "print('said before')\n\ndef read():\n    return {'a': 1}\n")
        with desk.running("run") as host:
            host.wait_for("said before")
            with desk.running("screen", "--web", "--port", "0") as running:
                running.wait_for("its token for this run is ")
                told = "".join(running.err)
                port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/screen", told)[0])
                headers = {"Authorization": f"Bearer {re.findall(r'run is ([0-9a-f]{32});', told)[0]}"}
                in_terminal(port, headers, scenario)
                assert running.stop(signal.SIGTERM).status == 0
            assert host.process.poll() is None

    def test_does_not_tell_the_token_of_the_settings(self, desk: Desk) -> None:
        desk.write("host.toml", f'[web]\ntoken = "{TOKEN}"\n')
        with desk.running("screen", "--web", "--port", "0") as running:
            running.wait_for("/screen")
            outcome = running.stop(signal.SIGINT)
        assert outcome.status == 0
        assert TOKEN not in outcome.err

    def test_needs_web_to_listen_somewhere(self, desk: Desk) -> None:
        outcome = desk.run("screen", "--port", "0")
        assert (outcome.status, outcome.err.count("\n")) == (2, 1)
        assert "add --web" in outcome.err
