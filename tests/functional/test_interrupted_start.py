"""Ctrl+C while the program is still being loaded ends it without a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.terminal_process import TerminalProcess

PRESSED_WHILE_LOADING = """
import sys

class Pressed:
    def __set_name__(self, *_):
        raise KeyboardInterrupt

class Person:
    def find_spec(self, name, *_):
        if name == {module!r}:
            {presses}

sys.meta_path.insert(0, Person())
from tui.__main__ import main
sys.exit(main())
"""

AT_ONCE = "raise KeyboardInterrupt"
WHILE_A_CLASS_IS_MADE = "type('Made', (), {'part': Pressed()})"
"""Before 3.12, Python then raises a RuntimeError in its place."""


def program(module: str, presses: str = AT_ONCE) -> list[str]:
    return [sys.executable, "-c", PRESSED_WHILE_LOADING.format(module=module, presses=presses)]


@pytest.mark.parametrize("presses", [AT_ONCE, WHILE_A_CLASS_IS_MADE])
@pytest.mark.parametrize("module", ["pathlib", "hostcore.cli.main", "hostcore.errors"])
def test_it_ends_in_silence(module: str, presses: str) -> None:
    ended = subprocess.run(program(module, presses), check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


@pytest.mark.parametrize("module", ["hostcore.control.holder", "textual.app"])
def test_so_does_a_screen(module: str) -> None:
    with TerminalProcess(program(module)) as process:
        assert process.end() == 130
        assert process.written == b""
