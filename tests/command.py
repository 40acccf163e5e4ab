"""The command ``wasi-host``, run like a person runs it: as a process, in its own folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import IO, Any

import pytest

from tests.waiting import comes_true
from tui.__main__ import main

PROGRAM = Path(sys.executable).with_name("wasi-host")
PATIENCE = 30.0
"""Most seconds that a test waits for a line or an end of a command."""
LONGEST = 600.0
"""Most seconds that a command may run. On a busy computer, sealing a plugin takes minutes."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def rounds(self) -> list[dict[str, Any]]:
        """The rounds that it printed. Every line of standard output must be a round."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaints(self) -> str:
        """Its standard error without the line that says which buses are simulated."""
        return "".join(line for line in self.err.splitlines(keepends=True) if "*host: simulated buses: " not in line)


DYING_SECONDS = 5.0
"""Most seconds until a killed process is gone."""


class Running:
    """A running command. Its standard error is collected. Tests may read `stdout` themselves."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.err: list[str] = []
        self._new, self._ended = threading.Condition(), False
        self._reader = threading.Thread(target=self._read, args=(process.stderr,), daemon=True)
        self._reader.start()

    @property
    def stdout(self) -> IO[str]:
        """Its standard output."""
        assert self.process.stdout is not None
        return self.process.stdout

    def wait_for(self, words: str) -> None:
        """Wait until the command has written a line with `words` to standard error."""
        with self._new:
            self._new.wait_for(lambda: self._ended or words in "".join(self.err), PATIENCE)
            assert words in "".join(self.err), self.err

    def stop(self, number: signal.Signals) -> Outcome:
        """Send a signal, and wait for the end."""
        self.process.send_signal(number)
        out = self.stdout.read()
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return Outcome(status, out, "".join(self.err))

    def left_behind(self) -> bool:
        """Whether any process that the command started is still alive.

        The kernel needs a moment to remove killed processes. A busy machine needs longer, because they can have much
        memory.
        """
        return not comes_true(self._is_gone, DYING_SECONDS)

    def _is_gone(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._new:
                self.err.append(line)
                self._new.notify_all()
        with self._new:
            self._ended = True
            self._new.notify_all()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Give the signals that a command handles, or ignores while it ends, back to the process of the tests."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_here(folder: Path, *arguments: str | Path, environment: Mapping[str, str] = {}) -> Outcome:
    """Run a command in a folder and in the process of the tests: a tenth of the work of a process of its own.

    It is for what ends by itself: a thread that it leaves behind fails the test. A host in the same process has threads
    of its own, which may end meanwhile.
    """
    out, err, threads = StringIO(), StringIO(), set(threading.enumerate())
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), _signals_kept():
        patch.chdir(folder)
        patch.setattr(sys, "argv", [PROGRAM.name, *map(str, arguments)])
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            status: object = main()
        except SystemExit as ended:  # so the parser of arguments ends
            status = ended.code
    assert comes_true(lambda: set(threading.enumerate()) <= threads, DYING_SECONDS), threading.enumerate()
    assert isinstance(status, int)
    return Outcome(int(status), out.getvalue(), err.getvalue())


class Desk:
    """A user's folder, and the command in it.

    Args:
        folder: working directory of the command.
        cache_folder: ``.../wasi-host``, with the compiled Python runtime.
    """

    def __init__(self, folder: Path, cache_folder: Path) -> None:
        self.folder = folder
        self._homes = {
            "XDG_CACHE_HOME": str(cache_folder.parent),
            "XDG_CONFIG_HOME": str(folder.with_name("no-configuration")),
        }
        self._environment = {**os.environ, **self._homes}

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder. Indentation of text is removed."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(content).encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | Path, environment: Mapping[str, str] = {}) -> Outcome:
        """Run the command to its end. Blocks until then."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LONGEST,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def run_here(self, *arguments: str | Path, environment: Mapping[str, str] = {}) -> Outcome:
        """Run a command that ends by itself in the process of the tests, see the function `run_here`."""
        return run_here(self.folder, *arguments, environment={**self._homes, **environment})

    @contextmanager
    def running(
        self,
        *arguments: str | Path,
        stdout: int | IO[str] = subprocess.PIPE,
        environment: Mapping[str, str] = {},
    ) -> Iterator[Running]:
        """Start the command. It is killed at the end of the ``with`` block if it still runs."""
        process = subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env={**self._environment, **environment},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def counting_desk(folder: Path, cache_folder: Path) -> Desk:
    """Make a desk with one driver, which counts its readings: ten in a second, of no bus."""
    made = Desk(folder, cache_folder)
    made.write(
        "host.toml",
        f'[host]\ninterval = 0.1\ncache_folder = "{cache_folder}"\n[buses.system]\nbackend = "simulated"\n',
    )
    made.write("plugins/count.py", "n = 0\ndef read():\n    global n\n    n += 1\n    return {'n': n}\n")
    return made
