"""Reports the plugin's place in its code to the host. Used by replays of a call that crashed without a traceback."""

import sys
import time
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

import componentize_py_runtime
from wit_world.imports import python_wire

DEEPEST = 100
"""Most frames that are reported, from the innermost one out."""
ROOM = 4096
"""Bytes that a call out of the guest needs in addition to its text."""
NAME = "wasi-host"
TOOLS = (4, 3, 0, 1, 2, 5)
"""Numbers of tools, in the order in which they are tried. The first two have no name in Python, so that a plugin that
watches itself is left alone."""
EVENTS = sys.monitoring.events
SEVERAL = EVENTS.JUMP | EVENTS.CALL
"""Events that every endless loop causes. A backward jump to the same line is not a LINE event."""


def claim() -> int:
    """Return the number of a tool that nobody uses, for `watch`.

    Raises:
        RuntimeError: the plugin uses all tools itself.
    """
    tool = next((each for each in TOOLS if sys.monitoring.get_tool(each) is None), None)
    if tool is None:
        raise RuntimeError("the plugin uses all tools of sys.monitoring itself, so it cannot be traced")
    sys.monitoring.use_tool_id(tool, NAME)
    return tool


def watch(tool: int, callbacks: Mapping[int, Callable[..., object]]) -> None:
    """Call a function at each event from now on, also at those that follow in the caller."""
    for event, callback in callbacks.items():
        sys.monitoring.register_callback(tool, event, callback)
    sys.monitoring.set_events(tool, sum(callbacks))


def stop() -> None:
    """Stop reporting, if it was started."""
    for tool in TOOLS:
        if sys.monitoring.get_tool(tool) == NAME:
            sys.monitoring.set_events(tool, 0)


class Tracing:
    """Follows all Python code with `sys.monitoring`."""

    def __init__(self) -> None:
        self._skip = 0
        self._tells_all = True
        self._tool = 0

    def start(self) -> None:
        """Start reporting: before each line, jump and call, or as rarely as the host answers."""
        self._tool = claim()
        watch(self._tool, {EVENTS.LINE: self._step, EVENTS.JUMP: self._step, EVENTS.CALL: self._call})

    def _step(self, _code: CodeType, _line: int, _to: int = 0) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._tell(waits=False)

    def _call(self, _code: CodeType, _offset: int, function: object, _argument: object) -> None:
        # Do not compare a plugin's own object: that would run the plugin's code.
        if function is time.sleep or function is componentize_py_runtime.call_import:
            self._tell(waits=True)
        elif self._skip:
            self._skip -= 1
        else:
            self._tell(waits=False)

    def _tell(self, waits: bool) -> None:
        try:
            frames: list[str] = []
            frame: Any = sys._getframe(2)
            while frame is not None and len(frames) < DEEPEST:
                frames.append(f"{frame.f_code.co_filename}\t{frame.f_lineno}\t{frame.f_code.co_qualname}")
                frame = frame.f_back
            told = "\n".join(frames)
            bytes(ROOM + 4 * len(told))  # without this room, the call out of the guest would abort instead of raising
        except MemoryError:
            return  # the plugin is about to crash of this, and the last stack shows the place
        self._skip = python_wire.stack(told, waits)
        if self._skip and self._tells_all:
            self._tells_all = False
            sys.monitoring.set_events(self._tool, SEVERAL)
