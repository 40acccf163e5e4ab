"""The text that a component wrote to its standard error before it gave up. Most languages tell the reason there."""

from __future__ import annotations

import re

from hostcore.hostcall import CrashKind, Trap
from hostcore.log.plugin_log import log_line
from hostcore.runtime.crash import MAX_TRACEBACK, WasmTrap, end_of, guest_exception

_PYTHON = re.compile(r"^Traceback \(most recent call last\):\n(?: .*\n|\n)+(?P<summary>\S.*)", re.MULTILINE)
"""A traceback of Python (traceback.print_exception), which indents all but its first and last line."""
_FRAME = re.compile(r'^  File "([^"\n]+)", line (\d+)', re.MULTILINE)
_JAVASCRIPT = re.compile(r"^(?P<summary>\S.*)\nStack:\n(?: .*\n?)*", re.MULTILINE)
"""An uncaught exception in StarlingMonkey, the engine of componentize-js. It may print a second one."""
_PANIC = re.compile(r"^thread '[^'\n]*'(?: \(\d+\))? panicked at (?P<place>.+):\n(?P<summary>.+)", re.MULTILINE)
"""A panic in Rust 1.73 and newer (std::panicking)."""


class LastWords:
    """The end of the text that one instance wrote to its standard error during the call under way."""

    def __init__(self) -> None:
        self._data = bytearray()

    def begin(self) -> None:
        """A call begins."""
        self._data.clear()

    def take(self, data: bytes) -> None:
        """The instance wrote `data`."""
        self._data += data
        del self._data[:-MAX_TRACEBACK]

    def explain(self, trap: WasmTrap) -> Trap:
        """The trap as the guest tells it, if it gave up and told why. Otherwise `trap` itself."""
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


def _place(traceback: str) -> str:
    """`` in app.py line 4``: the innermost frame of a Python traceback; "" if there is none."""
    frames = _FRAME.findall(traceback)
    if not frames:
        return ""
    file, line = frames[-1]
    return f" in {file.rpartition('/')[2]} line {line}"
