"""The plugin for pytest: ``pytest --wasi-host`` plays transcripts to drivers, in the sandbox and without hardware.

Any run of pytest on a computer with wasi-host imports this module, so it imports nothing more until a test needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

OPTION = "--wasi-host"
Replay = Callable[[str | Path, str | Path], None]
"""Plays a transcript to a driver, see `replay`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that turns the plugin on."""
    group = parser.getgroup("wasi-host", "drivers in the sandbox of wasi-host")
    group.addoption(OPTION, action="store_true", help="run the tests that play a recording to a driver")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Keep pytest from rewriting the assertions of wasi-host, as it does for all modules that come with a plugin.

    It would do so at each import, also on the threads of a replay. There, Python 3.11 fails now and then: "AST
    constructor recursion depth mismatch". Pytest has no public way to refuse.
    """
    rewriting = getattr(early_config.pluginmanager, "rewrite_hook", None)
    getattr(rewriting, "_must_rewrite", set()).difference_update(("hostcore", "tui"))


@pytest.fixture
def replay(request: pytest.FixtureRequest) -> Replay:
    """Play a transcript to a driver: ``replay("light.py", "light.transcript")``.

    The driver runs in the sandbox, in virtual time. Its transfers get the answers of the transcript. The test fails
    where it makes another transfer, returns another value, or crashes. Paths count from the folder of the test. The
    driver's log lines are printed.

    Without ``--wasi-host``, the test is skipped.
    """
    if not request.config.getoption(OPTION):
        pytest.skip(f"it plays a recording to a driver, which needs: pytest {OPTION}")
    from hostcore.transcript.testing import problem_with  # noqa: PLC0415 - only when a test needs it

    folder = request.path.parent

    def run(driver: str | Path, transcript: str | Path) -> None:
        __tracebackhide__ = True
        problem = problem_with(folder / driver, folder / transcript)
        if problem:
            pytest.fail(problem, pytrace=False)

    return run
