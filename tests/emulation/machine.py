"""Pytest fixtures for the emulated machine. Use them with ``pytest_plugins = [\"tests.emulation.machine\"]``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.emulation.worker import Worker


@pytest.fixture(scope="session")
def _machine() -> Iterator[tuple[EmulatedKernel, Worker]]:
    """One process for all tests, because its start takes longer than any test."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    with EmulatedKernel() as kernel:
        worker = Worker(kernel.root)
        yield kernel, worker
        worker.end()


@pytest.fixture
def kernel(_machine: tuple[EmulatedKernel, Worker]) -> EmulatedKernel:
    """An emulated Raspberry Pi 4 without buses."""
    kernel, worker = _machine
    worker.close()
    kernel.boot()
    return kernel


@pytest.fixture
def linux(kernel: EmulatedKernel, _machine: tuple[EmulatedKernel, Worker]) -> Worker:
    """A LinuxFactory in a process on that machine."""
    return _machine[1]
