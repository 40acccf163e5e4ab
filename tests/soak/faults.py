"""A thousand rounds of the I2C plugins on buses where one transfer in twenty fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import cast

from hostcore.backends.base import Factory
from hostcore.clock import VirtualClock
from tests.bench.plain import cache_folder
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.emulation.worker import Worker
from tests.faulty_bus import Endured, endure
from tests.sandbox import Sandbox

ROUNDS = 1000


def run_faulty_rounds() -> Endured | None:
    """Run the rounds. Returns None if there is no C compiler to emulate the kernel.

    Raises:
        PluginCrashedError: a plugin crashed.
    """
    if compiler() is None:
        return None
    with EmulatedKernel() as kernel, tempfile.TemporaryDirectory() as folder:
        worker = Worker(kernel.root)
        sandbox = Sandbox(Path(folder), cache_folder(), VirtualClock(), machine=cast("Factory", worker))
        try:
            return endure(kernel, sandbox, ROUNDS)
        finally:
            sandbox.close()
            worker.end()
