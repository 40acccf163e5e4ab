"""``wasi-host --read-only screen --web``: what stands beside the screen in the browser only looks, too."""

from __future__ import annotations

import re
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.command import Desk
from tests.web_visitor import Visitor

TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path) -> Desk:
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk", cache_folder)
    desk.write("host.toml", f'[web]\ntoken = "{TOKEN}"\n[relays.fan]\nline = 27\n')
    desk.write("plugins/early.py", "print('said before')\n\ndef read():\n    return {'a': 1}\n")
    return desk


@pytest.mark.parametrize("runs_already", [False, True])
def test_the_page_and_the_json_beside_the_screen_only_look(desk: Desk, runs_already: bool) -> None:
    with ExitStack() as hosts:
        if runs_already:
            hosts.enter_context(desk.running("run")).wait_for("said before")
        with desk.running("--read-only", "screen", "--web", "--port", "0") as running:
            running.wait_for("/screen")
            visitor = Visitor(int(re.findall(r"127\.0\.0\.1:(\d+)/screen", "".join(running.err))[0]))
            headers = {"Content_Type": "application/json", **BEARER}
            fan = visitor.ask("POST", "/api/actuators/relay", b'{"relay": "fan", "on": true}', **headers)
            stop = visitor.post("/api/plugins/early/stop", **BEARER)
            page = visitor.get("/hardware", **BEARER).text
            assert running.stop(signal.SIGTERM).status == 0
    assert (fan.status, stop.status) == (403, 403)
    assert "--read-only" in fan.json["error"] and "--read-only" in stop.json["error"]
    assert "relay fan" in page and "data-output" not in page
