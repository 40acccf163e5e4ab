"""Runs pip: it resolves requirements and downloads wheels, in a folder of its own. No package's code runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from hostcore.errors import BuildError, OverdueError, StalledError
from hostcore.files import read_bounded
from hostcore.libraries.guest_python import GUEST_PYTHON
from hostcore.libraries.pip_process import LARGEST_FILE, OUTPUT
from hostcore.libraries.pip_trace import Trace, is_progress
from hostcore.quick_dataclass import dataclass
from hostcore.workshop import Watch, Workshop

PATIENCE = 60.0
"""Seconds without progress after which pip is ended. By default, pip waits for an index for 15 s, 6 times. A Raspberry
Pi Zero 2 W needs 10 s until pip's first line."""
MOST_SECONDS = 1800.0
"""The most seconds that one run of pip may take."""
REPORT, WHEELS, EMPTY = "report.json", "wheels", "empty"
"""A file and folders in pip's folder: its report, what it downloads, and the empty wheels that it gets."""
_PINS = "pins.txt"
_FOR_SANDBOX = (
    "--only-binary=:all:",
    "--platform=any",
    f"--python-version={GUEST_PYTHON}",
    "--implementation=py",
    "--abi=none",
)
"""Only pure wheels for the Python in the sandbox."""


_OFFLINE = "check the network, or bring the libraries with: wasi-host fetch NAME --from FOLDER"


class PipError(Exception):
    """pip cannot run, or was ended. The text is for a person."""


@dataclass(frozen=True)
class Run:
    """How a run of pip ended."""

    has_succeeded: bool
    trace: Trace

    @property
    def network_problem(self) -> str:
        """Which index did not answer, and what to do; "" if all did."""
        host = self.trace.unreachable()
        return f"{host} cannot be reached or does not answer as an index does; {_OFFLINE}" if host else ""


class Pip:
    """pip, in a folder.

    Args:
        folder: takes all files that it writes.
        workshop: runs it, and can stop it.
        plugin: whose libraries it fetches, for the progress.
        patience: seconds without progress after which it is ended.
    """

    def __init__(self, folder: Path, workshop: Workshop, plugin: str, patience: float = PATIENCE) -> None:
        self.folder, self._workshop, self._plugin, self._patience = folder, workshop, plugin, patience
        for name in (EMPTY, WHEELS):
            (folder / name).mkdir(exist_ok=True)

    def resolve(self, requirements: Iterable[str]) -> Run:
        """Choose a version of each package, and write the report. Blocks for seconds, or for minutes on a slow network.

        Raises:
            PipError: pip cannot run, or an index does not answer.
            BuildError: the workshop was stopped.
        """
        options = [f"--find-links={EMPTY}", "--dry-run", "--ignore-installed", "--no-user", "--target=nowhere"]
        command = ["install", *_FOR_SANDBOX, *options, f"--report={REPORT}", "-vv", "--", *requirements]
        return self._run(f"resolving the libraries of {self._plugin}", command, 10.0)

    def download(self, pins: Sequence[str]) -> Run:
        """Download wheels into the folder `WHEELS`. Blocks, and raises, like `resolve`.

        Args:
            pins: lines of a requirements file, each for one wheel.
        """
        (self.folder / _PINS).write_text("".join(f"{line}\n" for line in pins), encoding="utf-8")
        command = ["download", *_FOR_SANDBOX, "--no-deps", f"--dest={WHEELS}", "-vv", f"--requirement={_PINS}"]
        return self._run(f"downloading the libraries of {self._plugin}", command, 2.0 + len(pins))

    def _run(self, task: str, arguments: Sequence[str], expected: float) -> Run:
        _require_pip()
        command = [sys.executable, "-P", "-m", "hostcore.libraries.pip_process", *arguments]
        progress = _Progress(self.folder)
        try:
            watch = Watch(progress.seen, self._patience)
            self._workshop.run(task, command, self.folder, expected, limit=MOST_SECONDS, watch=watch)
        except StalledError:
            host = self._trace().last_asked() or "the index"
            raise PipError(f"{host} has sent nothing for {self._patience:.0f} s; {_OFFLINE}") from None
        except OverdueError:
            raise PipError(f"pip was ended after {MOST_SECONDS / 60:.0f} min") from None
        except BuildError as error:
            if error.status is None:
                raise
            if error.status < 0:
                raise PipError(f"pip was killed by signal {-error.status}; did the memory run out?") from None
            return Run(False, self._trace())
        finally:
            progress.close()
        return Run(True, self._trace())

    def _trace(self) -> Trace:
        try:
            return Trace(read_bounded(self.folder / OUTPUT, LARGEST_FILE).decode("utf-8", "replace"))
        except OSError as error:
            raise PipError(f"pip's output cannot be read: {error.strerror}") from None


class _Progress:
    """Sees how far pip is: by its output, and by the size of its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / OUTPUT).write_bytes(b"")
        self._output = (folder / OUTPUT).open("rb")
        self._lines = 0

    def seen(self) -> tuple[int, int]:
        for line in iter(self._output.readline, b""):
            self._lines += is_progress(line)
        sizes = sum(_size(Path(folder, name)) for folder, _, names in os.walk(self._folder) for name in names)
        return self._lines, sizes

    def close(self) -> None:
        self._output.close()


def _size(path: Path) -> int:
    """Return the size of a file, except for the output, which is read; 0 if it was removed meanwhile."""
    try:
        return 0 if path.name == OUTPUT else path.stat().st_size
    except OSError:
        return 0


def _require_pip() -> None:
    if find_spec("pip") is None:
        raise PipError(
            f"{sys.executable} has no pip, which fetches libraries; run: {sys.executable} -m ensurepip "
            "(on Raspberry Pi OS, without a virtual environment: sudo apt install python3-pip)"
        )
