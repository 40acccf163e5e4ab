"""Exceptions whose texts are odd: the host still learns which exception it was."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.hostcall import CrashKind
from tests.sandbox import Sandbox

REPORTED = {
    "def __str__(self): raise KeyError('x')": "Odd, whose text raises KeyError",
    "def __str__(self): raise SystemExit": "Odd, whose text raises SystemExit",
    "def __str__(self): return 5": "Odd, whose text raises TypeError",
    "def __str__(self): return 'x' * 5_000_000": "x" * 500,
    r"def __str__(self): return '\ud800'": r"\ud800",
    "strerror = 7": "Odd, whose text raises TypeError",
}
"""What a class derived from `host.BusError` contains, and the start of the report."""


@pytest.mark.parametrize("body", REPORTED)
def test_an_error_with_an_odd_text_is_reported_all_the_same(sandbox: Sandbox, body: str) -> None:
    plugin = sandbox.load(f"import host\nclass Odd(host.BusError):\n    {body}\ndef read(): raise Odd\n")
    for _ in range(2):
        with pytest.raises(PluginReportedError) as error:
            plugin.read()
        assert error.value.problem.startswith(REPORTED[body])


@pytest.mark.parametrize("text", [r"'\ud800'", r"'a\x00b'"])
def test_a_crash_with_an_odd_text_has_a_traceback(sandbox: Sandbox, text: str) -> None:
    plugin = sandbox.load(f"def read():\n    raise Exception({text})\n")
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    assert crash.value.kind == CrashKind.EXCEPTION
    assert crash.value.problem.startswith("Exception: ")
    assert 'File "probe.py", line 2, in read' in crash.value.traceback


def test_a_module_with_an_odd_name_is_missing_as_any_other(sandbox: Sandbox) -> None:
    plugin = sandbox.load(r"import importlib" + "\n" + r"def read(): importlib.import_module('drv\ud800')")
    with pytest.raises(PluginCrashedError, match="ModuleNotFoundError: No module named") as crash:
        plugin.read()
    assert 'File "probe.py", line 2, in read' in crash.value.traceback


def test_a_file_with_an_odd_name_is_missing_as_any_other(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        "import library_finder as finder\n" r"def read(): return {'n': finder.find_data_of_host('\ud800')}"
    )
    assert plugin.read() == {"n": None}
