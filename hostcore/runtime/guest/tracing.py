"""Tells the host where the plugin's code is: switched on to repeat a call that died without a traceback."""

import sys
import time
from types import CodeType
from typing import Any

import componentize_py_runtime
from wit_world.imports import python_wire

DEEPEST = 100
"""So many frames are told, from the innermost on."""
ROOM = 4096
"""Bytes that a call out of the guest needs beside its text."""
NAME = "wasi-host"
TOOL = sys.monitoring.DEBUGGER_ID
EVENTS = sys.monitoring.events
SEVERAL = EVENTS.JUMP | EVENTS.CALL
"""What no endless loop does without. A backward jump stays on its line, so a loop of one line shows here only."""


def stop() -> None:
    """Tell no more, if anything was told."""
    if sys.monitoring.get_tool(TOOL) == NAME:
        sys.monitoring.set_events(TOOL, 0)


class Tracing:
    """Follows all Python code by `sys.monitoring`."""

    def __init__(self) -> None:
        self._skip = 0
        self._tells_all = True

    def start(self) -> None:
        """Tell from now on, before each line, jump and call, or as seldom as the host answers."""
        sys.monitoring.use_tool_id(TOOL, NAME)
        sys.monitoring.register_callback(TOOL, EVENTS.LINE, self._step)
        sys.monitoring.register_callback(TOOL, EVENTS.JUMP, self._step)
        sys.monitoring.register_callback(TOOL, EVENTS.CALL, self._call)
        sys.monitoring.set_events(TOOL, EVENTS.LINE | SEVERAL)

    def _step(self, _code: CodeType, _line: int, _to: int = 0) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._tell(waits=False)

    def _call(self, _code: CodeType, _offset: int, function: object, _argument: object) -> None:
        # A plugin's own object must not be compared: that would run its code.
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
            bytes(ROOM + 4 * len(told))  # without room for it the call out of the guest would abort, not raise
        except MemoryError:
            return  # the plugin is about to die of it, and the last stack shows where
        self._skip = python_wire.stack(told, waits)
        if self._skip and self._tells_all:
            self._tells_all = False
            sys.monitoring.set_events(TOOL, SEVERAL)
