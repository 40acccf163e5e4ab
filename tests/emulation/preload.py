"""Builds the preloaded library, and runs programs with it."""

from __future__ import annotations

import atexit
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).with_name("preloaded")
PROJECT = Path(__file__).parents[2]


def compiler() -> str | None:
    """The C compiler. None if there is none; then nothing can be emulated."""
    return shutil.which("cc")


@cache
def library() -> Path:
    """The library, built once for each test process."""
    folder = Path(tempfile.mkdtemp(prefix="preloaded-"))
    atexit.register(shutil.rmtree, folder)
    built = folder / "emulated_kernel.so"
    sources = sorted(str(source) for source in SOURCES.glob("*.c"))
    options = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler() or "cc", *options, "-o", str(built), *sources, "-ldl", "-lpthread"], check=True)
    return built


def environment(root: Path) -> dict[str, str]:
    """Environment of a process that should see the emulated machine in `root`."""
    return {
        **os.environ,
        "LD_PRELOAD": str(library()),
        "EMULATED_ROOT": str(root),
        "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
    }


def run(root: Path, *command: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program on the emulated machine. `answer` is its standard input."""
    return subprocess.run(
        command, env=environment(root), input=answer, capture_output=True, text=True, timeout=60, check=False
    )


def at_a_terminal(answer: str, root: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program whose standard input is a terminal with somebody at it; `answer` is what they type."""
    controller, terminal = pty.openpty()
    try:
        os.write(controller, answer.encode())
        return subprocess.run(
            command, env=environment(root), stdin=terminal, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        os.close(controller)
        os.close(terminal)


def run_python(root: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Run Python `source` on the emulated machine."""
    return run(root, sys.executable, "-c", source)
