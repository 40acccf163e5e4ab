"""A host in the background: how soon it is ready and answers, and its memory without a screen."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping

from hostcore import shipped
from tests.bench.measure import MEGA, MILLI, Aim, Figure
from tests.bench.process import environment, module

TITLE = "A host in the background, with all shipped plugins on the simulated Pi"
ROUNDS_SECONDS = 20
"""Seconds that it runs before its memory is measured: ten rounds."""


def figures() -> Iterator[Figure]:
    """Start, question, memory and end."""
    with tempfile.TemporaryDirectory() as folder:
        variables = {**environment(), "XDG_STATE_HOME": folder, "XDG_RUNTIME_DIR": folder}
        yield Figure("wasi-host up, until it is ready", _command("up", variables)[0], MILLI)
        try:
            seconds, _ = _command("status", variables, "--json")
            yield Figure("wasi-host status", seconds, MILLI)
            time.sleep(ROUNDS_SECONDS)
            _, told = _command("status", variables, "--json")
            private = json.loads(told)["private_bytes"]
            yield Figure(f"private, after {ROUNDS_SECONDS} s", private, MEGA, aim=Aim(most=60 * MEGA))
        finally:
            seconds, _ = _command("down", variables)
        yield Figure("wasi-host down, until it has ended", seconds, MILLI)


def _command(name: str, variables: Mapping[str, str], *arguments: str) -> tuple[float, str]:
    """Run a command of ``wasi-host``. Returns the seconds that it took, and what it printed."""
    command = module("tui", "--config", str(shipped.folder() / "host.toml"), name, *arguments)
    began = time.perf_counter()
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=name != "status")
    return time.perf_counter() - began, done.stdout
