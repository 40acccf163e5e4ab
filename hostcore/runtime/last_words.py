"""Explains a crash from the component's standard error. Most languages write the reason there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hostcore.hostcall import CrashKind, HostFunctions, Resource, Trap
from hostcore.late_pattern import late_pattern
from hostcore.log.safe_text import log_line
from hostcore.runtime.crash import MAX_TRACEBACK, WasmTrap, end_of, guest_exception
from hostcore.wasi.stdio import STDERR, WRITES

_PYTHON = late_pattern(r"^Traceback \(most recent call last\):\n(?: .*\n|\n)+(?P<summary>\S.*)", re.MULTILINE)
"""A Python traceback (traceback.print_exception). All lines except the first and last are indented."""
_FRAME = late_pattern(r'^  File "([^"\n]+)", line (\d+)', re.MULTILINE)
_JAVASCRIPT = late_pattern(r"^(?P<summary>\S.*)\nStack:\n(?: .*\n?)*", re.MULTILINE)
"""An uncaught exception in StarlingMonkey, the engine of componentize-js. It may print a second one."""
_PANIC = late_pattern(r"^thread '[^'\n]*'(?: \(\d+\))? panicked at (?P<place>.+):\n(?P<summary>.+)", re.MULTILINE)
"""A panic in Rust 1.73 and newer (std::panicking)."""


class LastWords:
    """The end of one instance's standard error during the current call."""

    def __init__(self) -> None:
        self._data = bytearray()

    def begin(self) -> None:
        """Start a new call."""
        self._data.clear()

    def take(self, data: bytes) -> None:
        """Add text that the instance wrote."""
        self._data += data
        del self._data[:-MAX_TRACEBACK]

    def explain(self, trap: WasmTrap) -> Trap:
        """Create a trap with the guest's own reason, if it gave up and wrote one. Otherwise return `trap`."""
        text = self._data.decode(errors="replace").replace("\r\n", "\n")
        if not trap.gave_up or not text.strip():
            return trap
        for language, cause in ((_PYTHON, -1), (_JAVASCRIPT, 0)):
            told = [*language.finditer(text)]
            if told:
                summary = told[cause]["summary"] + _place(told[cause][0])
                return guest_exception(summary, text[told[0].start() : told[-1].end()].rstrip())
        panic = _PANIC.search(text)
        if panic is not None:
            return Trap(CrashKind.TRAP, log_line(f"panicked: {panic['summary']} ({panic['place']})"), end_of(text))
        return Trap(CrashKind.TRAP, trap.problem, end_of(text.strip("\n")))


def heard(functions: HostFunctions, words: LastWords) -> HostFunctions:
    """The host functions of a replay, with `words` taking what is written to standard error."""

    def hearing(write: Callable[..., Any]) -> Callable[..., Any]:
        def written(stream: Resource, data: bytes) -> Any:
            answer = write(stream, data)
            if stream.rep == STDERR:
                words.take(data)
            return answer

        return written

    return {**functions, **{name: hearing(functions[name]) for name in WRITES if name in functions}}


def _place(traceback: str) -> str:
    """The innermost frame of a Python traceback: `` in app.py line 4``; "" if there is none."""
    frames = _FRAME.findall(traceback)
    if not frames:
        return ""
    file, line = frames[-1]
    return f" in {file.rpartition('/')[2]} line {line}"
