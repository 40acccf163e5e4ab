"""Killed at any moment, the host leaves all its files readable, and starts again."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore import shipped
from hostcore.config.loading import load_config
from hostcore.supervisor.crash_store import CrashStore
from tests.command import Desk

KILLS = 12
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) *[\w-]+: .*")
SETTINGS = """
    # my own words
    [host]
    interval = 0.05
    [supervisor]
    first_delay = 0.05
    longest_delay = 0.05
    max_crashes = 1000
    [crashes]
    folder = "crashes"
    kept = 20
    [log]
    file = "wasi-host.log"
    [limits]
    log_lines_per_second = 10000
"""
PLUGINS = {
    "crasher": """
        from host import Denied, i2c
        calls = 0
        def read():
            global calls
            calls += 1
            try: i2c.read(0x08 + calls, 1)
            except Denied: pass
            if calls % 3 == 0: raise RuntimeError("x" * 10000)
            return {}
        """,
    "talker": "def read():\n    for n in range(100): print('line', n, 'x' * 1000)\n    return {}\n",
    "counter": "count = 0\ndef read():\n    global count\n    count += 1\n    return {'count': count}\n",
}
"""One that leaves reports and requests, one that fills the log, and one that just works."""
GRANT_ALL = """
import sys
from hostcore.cli.main import main
for address in range(0x08, 0x78):
    main(["--config", sys.argv[1], "grant", sys.argv[2], f"i2c:1:{address:#04x}"])
"""
COMPONENT = """
(component
  (core module $main (memory (export "memory") 1) (data (i32.const 8) "%s")
    (func (export "read") (result i32) unreachable))
  (core instance $main (instantiate $main))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""Another text in it makes another component, which has to be compiled."""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what plugins ask for is kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "wasi-host"


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path, state: Path) -> Desk:
    """A folder with settings and plugins, and a cache of its own that has the Python runtime."""
    cache, folder = tmp_path / "cache" / "wasi-host", tmp_path / "desk"
    cache.mkdir(mode=0o700, parents=True)
    folder.mkdir()
    for file in runtime_files(cache_folder):
        shutil.copy2(file, cache)
    made = Desk(folder, cache)
    made.write("host.toml", SETTINGS)
    for name, source in PLUGINS.items():
        made.write(f"plugins/{name}.py", source)
    return made


def runtime_files(cache: Path) -> list[Path]:
    """The Python runtime of these sources in a cache: compiled, and the component itself if it was built there."""
    built = shipped.python_runtime() or cache / f"python-runtime-{shipped.sources_key():x}.wasm"
    digest = sha256(built.read_bytes()).hexdigest()
    return [*([built] if built.parent == cache else []), *cache.glob(f"{digest}-*-own.cwasm")]


def kill_after(desk: Desk, seconds: float, grants_for: str) -> None:
    """Run the host, and a person who grants permissions, and kill both after so long."""
    command = [sys.executable, "-c", GRANT_ALL, str(desk.folder / "host.toml"), grants_for]
    with desk.running("run", stdout=subprocess.DEVNULL) as host:
        person = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(seconds)  # the moment itself is what this is about
        for process in (host.process, person):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert host.process.returncode == -signal.SIGKILL, host.err


def assert_all_is_readable(desk: Desk, state: Path) -> None:
    """Look at everything that a host writes."""
    assert "# my own words" in (desk.folder / "host.toml").read_text(encoding="utf-8")
    load_config(desk.folder / "host.toml")
    store = CrashStore(desk.folder / "crashes", kept=20)
    reports = [path for path in store.folder.glob("*.json") if not path.name.startswith(".")]
    assert sorted(each.path for each in store.reports()) == sorted(reports)
    for path in reports:
        assert store.load(path).plugin
    for requests in (state / "requests").glob("*.json"):
        assert json.loads(requests.read_bytes())["requests"]
    for log in desk.folder.glob("wasi-host.log*"):
        lines = log.read_text(encoding="utf-8").split("\n")
        assert all(LOG_LINE.fullmatch(line) for line in lines[:-1]), log


def forget_deaths_while_loading(cache: Path) -> None:
    """Spare the next start to compile the Python runtime again, which takes longer than this test."""
    for mark in cache.glob("*.loading"):
        mark.unlink()


def test_after_a_dozen_kills_everything_is_readable_and_the_host_starts(
    desk: Desk, state: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)
    for kill in range(KILLS):
        desk.write("plugins/compiled.wasm", bytes(wat2wasm(COMPONENT % f"version {kill}")))
        kill_after(desk, chance.uniform(0.1, 0.7), "talker" if kill % 2 else "counter")
        assert_all_is_readable(desk, state)
        forget_deaths_while_loading(tmp_path / "cache" / "wasi-host")
    outcome = desk.run("run", "--rounds", "10")
    assert outcome.status == 0, outcome.err
    assert outcome.rounds[-1]["counter"]["count"] > 1
    assert "damaged" not in outcome.err
    assert_all_is_readable(desk, state)
    assert list((state / "requests").iterdir())
    assert list((desk.folder / "crashes").iterdir())
    granted = [table.permissions for table in load_config(desk.folder / "host.toml").plugins]
    assert len(granted) == 2
    assert all(granted)
