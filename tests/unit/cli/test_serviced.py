"""What a manager of a service is told about work that makes a start long."""

from __future__ import annotations

import io
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.serviced import progress_for
from hostcore.service.notify import Manager
from hostcore.service.readiness import Readiness


def test_the_manager_learns_which_work_makes_the_start_long_and_for_how_long(tmp_path: Path) -> None:
    with Readiness(tmp_path / "notify") as readiness:
        tell = progress_for(Manager(str(tmp_path / "notify")), TerminalProgress(io.StringIO()))
        tell("compiling the Python runtime", 0.0, 40.0)
        tell("compiling the Python runtime", 0.1, 40.0)
        tell("compiling the Python runtime", 1.0, 40.0)
        tell("compiling the Python runtime", 0.0, 0.0)
        told = [readiness.take(0.01) for _ in range(3)]
    assert told == [
        "compiling the Python runtime, 0 s of about 40 s",
        "compiling the Python runtime, 1 s of about 40 s",
        "",
    ]


def test_without_a_manager_only_the_terminal_is_told() -> None:
    progress = TerminalProgress(io.StringIO())
    assert progress_for(None, progress) is progress
