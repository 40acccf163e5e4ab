"""The emulated machine as tests use it: pytest fixtures, for ``pytest_plugins = [\"tests.emulation.machine\"]``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.emulation.worker import Worker


@pytest.fixture(scope="session")
def _machine() -> Iterator[tuple[EmulatedKernel, Worker]]:
    """One process serves all tests: starting it takes longer than any of them."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    with EmulatedKernel() as kernel:
        worker = Worker(kernel.root)
        yield kernel, worker
        worker.end()


@pytest.fixture
def kernel(_machine: tuple[EmulatedKernel, Worker]) -> EmulatedKernel:
    """An emulated Raspberry Pi 4 without any bus."""
    kernel, worker = _machine
    worker.close()
    kernel.boot()
    return kernel


@pytest.fixture
def linux(kernel: EmulatedKernel, _machine: tuple[EmulatedKernel, Worker]) -> Worker:
    """A LinuxFactory on that machine, in a process of its own."""
    return _machine[1]
