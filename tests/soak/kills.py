"""Kills a host and a person who grants and edits, at random moments, and looks at every file that they write.

``python -m tests.soak.kills [--kills N] [--seed S]`` exits with status 1 if a file is damaged.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from textwrap import dedent

import tomli
from rich.console import Console
from rich.progress import track
from wasmtime import wat2wasm

from hostcore import shipped
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import load_config
from hostcore.history.answers import series_in
from hostcore.supervisor.crash_store import CrashStore
from tests import signals
from tests.bench.plain import cache_folder
from tests.bench.warm import warm_up
from tests.command import Desk

KILLS = 100
LATEST = 0.6
"""Most seconds from a sign of life to the kill: enough for a start, a crash, a reload and several grants."""
PAST = 2 * 24 * 3600.0
"""Seconds by which unfinished files are made older, so that the next start may remove them."""
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) *\*?[\w-]+: .*")
SETTINGS = dedent("""
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
    [history]
    commit_seconds = 1.0
    [log]
    file = "wasi-host.log"
    [limits]
    log_lines_per_second = 10000
""") + "".join(f'[buses.i2c-{bus}]\nbackend = "simulated"\n' for bus in range(1, 9))
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
PERSON = """
import contextlib, io, sys
from pathlib import Path
from hostcore.cli.main import main
settings, plugin = sys.argv[1:3]
counter = Path(settings).with_name("plugins") / "counter.py"
source = counter.read_text()
print("ready", flush=True)
for permission in sys.argv[3:]:
    with contextlib.redirect_stdout(io.StringIO()):
        status = main(["--config", settings, "grant", plugin, permission])
    print(permission if status == 0 else "refused", flush=True)
    counter.write_text(f"{source}# version {permission}\\n")
"""
"""Grants one permission after the other, and tells when it is on the disk. Each time, it saves a plugin again."""
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
GRANTS = {
    plugin: tuple(f"i2c:{bus}:{address:#04x}" for bus in buses for address in range(0x08, 0x78))
    for plugin, buses in {"talker": range(1, 5), "counter": range(5, 9)}.items()
}
"""The permissions that a plugin gets one after the other."""
AT_ONCE = 30
"""Most grants before a kill: far more than there is time for."""


@dataclass
class Ordeal:
    """A folder with settings and plugins in which hosts are killed.

    Args:
        root: an empty folder.
        runtime_from: a cache that has the Python runtime.
        chance: decides the moments.

    Attributes:
        granted: for each plugin, how many permissions it has.
    """

    root: Path
    runtime_from: Path
    chance: Random
    granted: dict[str, int] = field(init=False)
    kills: int = 0

    def __post_init__(self) -> None:
        cache, folder = self.root / "cache" / "wasi-host", self.root / "desk"
        cache.mkdir(mode=0o700, parents=True)
        folder.mkdir()
        for file in _runtime_files(self.runtime_from):
            shutil.copy2(file, cache)
        self.desk = Desk(folder, cache)
        self.config, self.cache, self.state = folder / "host.toml", cache, self.root / "state" / "wasi-host"
        self._begin_again()

    def _begin_again(self) -> None:
        """Write the first version of the settings."""
        self.config.write_text(SETTINGS, encoding="utf-8")
        self.granted = dict.fromkeys(GRANTS, 0)

    def _restore_plugins(self) -> None:
        """Write the plugins again: an editor that was killed leaves half a file. Forget deaths while loading, too."""
        for mark in self.cache.glob("*.loading"):
            mark.unlink()  # or the next start compiles the Python runtime again, which takes longer than the rest
        for name, source in PLUGINS.items():
            self.desk.write(f"plugins/{name}.py", source)

    def _change_component(self) -> None:
        """Write a component that was never compiled."""
        component = wat2wasm(COMPONENT % f"version {self.chance.random()}")
        self.desk.write("plugins/compiled.wasm", bytes(component))

    def kill(self) -> None:
        """Run a host and a person, and kill both at a random moment after a sign of life of one of them."""
        self.kills += 1
        self._restore_plugins()
        plugin = self.chance.choice(list(GRANTS))
        if len(GRANTS[plugin]) - self.granted[plugin] < 2 * AT_ONCE:
            self._begin_again()
        wanted = GRANTS[plugin][self.granted[plugin] :][:AT_ONCE]
        self._change_component()
        command = [sys.executable, "-c", PERSON, str(self.config), plugin, *wanted]
        with (
            self.desk.running("run") as host,
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as person,
        ):
            assert person.stdout is not None
            sign = self.chance.choice((None, host.stdout, person.stdout))
            told = sign.readline() if sign else ""
            time.sleep(self.chance.uniform(0, LATEST))  # the moment itself is what this is about
            for process in (host.process, person):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            lines = [*([told] if sign is person.stdout else []), *person.stdout]
        assert host.process.returncode == -signal.SIGKILL, "".join(host.err)
        assert person.returncode in {0, -signal.SIGKILL}, lines
        assert "refused\n" not in lines, lines
        self.granted[plugin] += sum(line.endswith("\n") and line.strip() in wanted for line in lines)

    def check(self) -> None:
        """Fail unless every file that a host or a person writes is whole, and no confirmed grant is lost."""
        self._check_settings()
        store = CrashStore(self.desk.folder / "crashes", kept=20)
        reports = [path for path in store.folder.glob("*.json") if not path.name.startswith(".")]
        assert sorted(each.path for each in store.reports()) == sorted(reports)
        for path in reports:
            assert store.load(path).plugin
        for requests in (self.state / "requests").glob("*.json"):
            assert json.loads(requests.read_bytes())["requests"]
        for history in (self.state / "history").glob("*.sqlite"):
            assert all(each.count for each in series_in(history))
        assert not list((self.state / "history").glob("*.damaged-*"))
        for log in self.desk.folder.glob("wasi-host.log*"):
            lines = log.read_text(encoding="utf-8").split("\n")
            assert all(LOG_LINE.fullmatch(line) for line in lines[:-1]), log

    def _check_settings(self) -> None:
        """Fail unless host.toml is one of its legal versions: the first one, with the next addresses in their order."""
        text = self.config.read_text(encoding="utf-8")
        assert text.startswith(SETTINGS)
        found = tomli.loads(text)
        tables = found.pop("plugins", {})
        assert found == tomli.loads(SETTINGS)
        assert tables.keys() <= self.granted.keys()
        for plugin, confirmed in self.granted.items():
            permissions = tables.get(plugin, {}).get("permissions", [])
            assert tuple(permissions) == GRANTS[plugin][: len(permissions)]
            assert confirmed <= len(permissions) <= confirmed + 1, "only the last grant may be unconfirmed"
            self.granted[plugin] = len(permissions)
        load_config(self.config)

    def recover(self) -> None:
        """Fail unless the next host works, though both faulty plugins crash, and the next grant."""
        for file in self.unfinished():
            os.utime(file, (time.time() - PAST, time.time() - PAST))
        self._restore_plugins()
        self._change_component()
        before = self._reports()
        with self.desk.running("run") as host:
            count = 0
            while count < 2 or len({name.split("-")[1] for name in self._reports() - before}) < 2:
                count = json.loads(host.stdout.readline()).get("counter", {}).get("count", 0)
            outcome = host.stop(signal.SIGTERM)
        assert outcome.status == 0 and "damaged" not in outcome.err, outcome.err
        granting = self.desk.run("grant", "counter", GRANTS["counter"][self.granted["counter"]])
        assert granting.status == 0, granting.err
        self.granted["counter"] += 1
        self.check()

    def _reports(self) -> set[str]:
        """The names of the crash reports: a time, the plugin, the kind."""
        return {path.name for path in (self.desk.folder / "crashes").glob("*Z-*.json") if path.name[0] != "."}

    def check_tidiness(self) -> None:
        """Fail if `recover` has not removed what killed processes left unfinished. They may leave 35 MB each time."""
        left = self.unfinished()
        assert not left, left

    def unfinished(self) -> list[Path]:
        """The files that were never renamed to their name."""
        folders = (self.desk.folder, self.desk.folder / "crashes", self.state / "requests", self.cache)
        return [file for folder in folders for file in folder.glob(".*") if file.is_file()]


def _runtime_files(cache: Path) -> list[Path]:
    """The Python runtime of these sources in a cache: compiled, and the component itself if it was built there."""
    built = shipped.python_runtime() or cache / f"python-runtime-{shipped.sources_key():x}.wasm"
    digest = sha256(built.read_bytes()).hexdigest()
    return [*([built] if built.parent == cache else []), *cache.glob(f"{digest}-*-own.cwasm")]


@contextmanager
def _state_in(root: Path) -> Iterator[None]:
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(root / "state")
    yield
    if before is not None:
        os.environ["XDG_STATE_HOME"] = before


def main() -> int:
    """Kill as often as the arguments say, with a progress bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.kills", description="Kill hosts at random moments.")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="chooses the same moments again")
    arguments = parser.parse_args()
    signals.listen()
    warm_up(TerminalProgress())
    console = Console(stderr=True)
    console.print(f"kills: seed {arguments.seed}", highlight=False)
    with tempfile.TemporaryDirectory() as folder, _state_in(Path(folder)):
        ordeal = Ordeal(Path(folder), cache_folder(), Random(arguments.seed))
        try:
            for _ in track(range(arguments.kills), "kills", console=console):
                ordeal.kill()
                ordeal.check()
                if not ordeal.kills % 10:
                    ordeal.recover()
            ordeal.recover()
            ordeal.check_tidiness()
        except Exception as damage:  # noqa: BLE001 - a file that cannot be read at all is damaged too
            kept = Path(tempfile.mkdtemp(prefix="wasi-host-kills-")) / "files"
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.socket"))
            console.print(
                f"FOUND after kill {ordeal.kills} of seed {arguments.seed}; the files: {kept}", soft_wrap=True
            )
            console.print("".join(traceback.format_exception(damage))[:4000], markup=False, highlight=False)
            return 1
    console.print(f"kills: {ordeal.kills}, nothing is damaged", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
