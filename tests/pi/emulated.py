"""Runs commands on the emulated Pi, all in one place whose memory is limited."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.pi.machine import Machine
from tests.pi.memory import Room

LONGEST = 900.0
"""Seconds that a command may take. The emulator is ten to twenty times slower than this computer."""
SHOWN = 2_000
"""Characters of a command's output that the report of a failure has."""


class StepFailedError(Exception):
    """The Pi did not do what it should. The message says what it did."""


class EmulatedPi:
    """The Pi of one step.

    Args:
        machine: what is on its disk.
        home: the home folder of its user, with the venv.
        room: where its processes run.
    """

    def __init__(self, machine: Machine, home: Path, room: Room) -> None:
        self.machine, self.home, self._room = machine, home, room
        self.environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": f"{self.venv / 'bin'}:/usr/bin:/bin",
            "XDG_RUNTIME_DIR": str(home / "run"),
        }
        (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def venv(self) -> Path:
        """The folder into which the host is installed."""
        return self.home / "host"

    def empty(self) -> None:
        """Forget everything: what is installed, what was compiled, and what hosts left behind that were ended."""
        shutil.rmtree(self.home)
        (self.home / "run").mkdir(mode=0o700, parents=True)

    def folder(self, name: str) -> Path:
        """Make an empty folder below the home folder."""
        made = self.home / name
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        return made

    def host(self, *arguments: str) -> list[str]:
        """Return a command that runs ``wasi-host`` in the Pi."""
        return self.command(str(self.venv / "bin" / "wasi-host"), *arguments)

    def command(self, *command: str) -> list[str]:
        """Return a command that runs `command` in the Pi: within its memory, and with its environment alone."""
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return self._room.command(["env", "-i", *variables, *command])

    def run(self, command: Sequence[str], folder: Path, statuses: Sequence[int] = (0,)) -> str:
        """Run a command to its end, and return its standard output.

        Raises:
            StepFailedError: it ended with another status than these, or did not end.
        """
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            raise StepFailedError(f"it did not end within {LONGEST:.0f} s") from None
        if done.returncode not in statuses:
            said = (done.stderr + done.stdout)[-SHOWN:]
            raise StepFailedError(f"it ended with status {done.returncode}:\n{said}")
        return done.stdout

    def start(self, command: Sequence[str], folder: Path) -> Started:
        """Start a command that runs on."""
        return Started(command, folder)


class Started:
    """A command that runs on. Its output goes into files.

    Args:
        command: the command.
        folder: its working directory.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._files = folder / "stdout", folder / "stderr"
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self._process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err)

    @property
    def output(self) -> str:
        """What it has written to its standard output."""
        return self._files[0].read_text(encoding="utf-8", errors="replace")

    @property
    def log(self) -> str:
        """What it has written to its standard error."""
        return self._files[1].read_text(encoding="utf-8", errors="replace")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something is true.

        Raises:
            StepFailedError: it never came, or the command has ended.
        """
        wait_until(condition, what, lambda: self._process.poll() is None, lambda: (self.log + self.output)[-SHOWN:])

    def stop(self) -> int:
        """Ask it to end, wait until it has, and return its exit status."""
        self._process.terminate()
        try:
            return self._process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise StepFailedError("it did not end when it was asked to") from None


def wait_until(
    condition: Callable[[], object], what: str, is_alive: Callable[[], bool], shown: Callable[[], str]
) -> None:
    """Wait until something is true.

    Args:
        condition: the condition.
        what: what is waited for, for a person.
        is_alive: whether it can still come.
        shown: what is there instead.

    Raises:
        StepFailedError: it never came.
    """
    deadline = time.monotonic() + LONGEST
    while not condition():
        alive = is_alive()
        if not alive and condition():
            return
        if not alive or time.monotonic() > deadline:
            why = "the command ended" if not alive else f"{LONGEST:.0f} s were too short"
            raise StepFailedError(f"{what} never came, {why}:\n{shown()}")
        time.sleep(0.2)
