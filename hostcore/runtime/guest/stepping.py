"""Reports each step of the plugin's code to the host, with the variables that changed. Used by traced replays.

A step is a line that is about to run, a return, a yield, or an exception. Code of the plugin's file and of its
libraries is traced. The modules of the host and the standard library are not: their lines are not the user's, and they
would be most of the steps.
"""

import sys
from types import CodeType, FrameType

import tracing
from code_names import global_names, stores_of
from host import _wire
from value_texts import clean, described, exception_text
from variables import Told, Variables
from wit_world.imports import python_wire

EVENTS = sys.monitoring.events
DISABLE = sys.monitoring.DISABLE
DRIVER, LIBRARY, UNTRACED = "driver", "library", ""
LONGEST_FILE = 200
MOST_FRAMES = 150
"""Most frames that a report names, the innermost ones. Those around them are named when their code goes on."""


class _Code:
    """What is known of a code object."""

    __slots__ = ("code", "kind", "names", "stores", "told")

    def __init__(self, code: CodeType, kind: str, told: Told) -> None:
        self.code, self.kind, self.told = code, kind, told
        self.names = global_names(code) if kind else ()
        self.stores = stores_of(code) if kind else {}


class _Traced:
    """A frame on the stack, or of a generator that waits."""

    __slots__ = ("code", "frame", "line", "number", "parent", "told")

    def __init__(self, frame: FrameType, code: _Code, number: int) -> None:
        self.frame: FrameType | None = frame
        self.code, self.number = code, number
        self.parent = -1
        """-1 until the host knows of this frame."""
        self.told: Told = {}
        self.line = 0
        """The line that has run before the present step; 0 if it is not known, or may not have come to its end."""


class Stepping:
    """Follows the code of the plugin and its libraries with `sys.monitoring`."""

    def __init__(self) -> None:
        self._stack: list[_Traced] = []
        self._waiting: dict[int, _Traced] = {}
        self._codes: dict[int, _Code] = {}
        self._globals: dict[str, Told] = {}
        self._variables = Variables()
        self._frames = self._skip = 0

    def start(self) -> None:
        """Start reporting."""
        tracing.watch(
            tracing.claim(),
            {
                EVENTS.PY_START: self._started,
                EVENTS.PY_RESUME: self._started,
                EVENTS.PY_THROW: self._thrown,
                EVENTS.LINE: self._line,
                EVENTS.PY_RETURN: self._returned,
                EVENTS.PY_YIELD: self._yielded,
                EVENTS.PY_UNWIND: self._unwound,
                EVENTS.RAISE: self._raised,
            },
        )

    def _known(self, code: CodeType) -> _Code:
        found = self._codes.get(id(code))
        if found is None:
            file = code.co_filename
            kind = DRIVER if file == _wire.plugin_file else LIBRARY if file in _wire.library_files else UNTRACED
            found = self._codes[id(code)] = _Code(code, kind, self._globals.setdefault(file, {}) if kind else {})
        return found

    def _started(self, code: CodeType, _offset: int) -> object:
        known = self._known(code)
        if not known.kind:
            return DISABLE
        self._enter(sys._getframe(1), known)
        return None

    def _thrown(self, code: CodeType, _offset: int, _error: BaseException) -> None:
        known = self._known(code)
        if known.kind:
            self._enter(sys._getframe(1), known)

    def _enter(self, frame: FrameType, code: _Code) -> None:
        traced = self._waiting.pop(id(frame), None)
        if traced is None or traced.code is not code:
            self._frames += 1
            traced = _Traced(frame, code, self._frames)
        traced.frame = frame
        self._stack.append(traced)

    def _line(self, code: CodeType, line: int) -> object:
        if self._skip:
            self._skip -= bool(self._known(code).kind)
            return None
        if not self._known(code).kind:
            return DISABLE
        self._step("line", sys._getframe(1), line, None)
        return None

    def _returned(self, code: CodeType, _offset: int, value: object) -> object:
        if not self._known(code).kind:
            return DISABLE
        frame = sys._getframe(1)
        self._step("return", frame, frame.f_lineno, value)
        self._leave(frame)
        return None

    def _yielded(self, code: CodeType, _offset: int, value: object) -> object:
        if not self._known(code).kind:
            return DISABLE
        frame = sys._getframe(1)
        self._step("yield", frame, frame.f_lineno, value)
        traced = self._leave(frame)
        if traced is not None:
            traced.frame = None  # the generator decides how long its frame lives
            self._waiting[id(frame)] = traced
        return None

    def _raised(self, code: CodeType, _offset: int, error: BaseException) -> None:
        if self._known(code).kind:
            frame = sys._getframe(1)
            self._step("raise", frame, frame.f_lineno, error)

    def _unwound(self, code: CodeType, _offset: int, _error: BaseException) -> None:
        if self._known(code).kind:
            self._leave(sys._getframe(1))

    def _leave(self, frame: FrameType) -> _Traced | None:
        stack = self._stack
        if stack and stack[-1].frame is frame:
            return stack.pop()
        return None  # `_top` puts the stack right at the next step

    def _step(self, event: str, frame: FrameType, line: int | None, value: object) -> None:
        """Report a step, unless the host wants to hear of a later one only."""
        if self._skip:
            self._skip -= 1
            return
        try:
            stack = self._stack
            traced = stack[-1] if stack and stack[-1].frame is frame else self._top(frame)
            lines = [f"{event}\t{traced.number}\t{line or 0}", ""]
            code, self._variables.lines = traced.code, lines
            if traced.parent < 0:
                self._tell_frames(lines)
            stores = code.stores.get(traced.line) if event != "raise" else None
            if stores:
                self._variables.forget(stores, traced.told, code.told, frame)
            traced.line = line or 0 if event == "line" else 0
            self._variables.tell(traced.number, traced.told, code.names, code.told, frame)
            if event != "line":
                lines[1] = self._result(event, value)
            told = "\n".join(lines)
            bytes(tracing.ROOM + 4 * len(told))  # without it, the call out of the guest would abort, and not raise
        except (MemoryError, RecursionError):
            return  # the plugin is about to crash of this, and the last step shows the place
        self._skip = python_wire.step(told)

    def _result(self, event: str, value: object) -> str:
        if event == "raise":
            return exception_text(value)
        kind, text = described(value)
        return f"{kind}\t{self._variables.number(value) if kind == 'object' else 0}\t{text}"

    def _top(self, frame: FrameType) -> _Traced:
        """The entry of the running frame. Puts the stack right if a frame began or ended unseen."""
        known = {id(each.frame): each for each in self._stack}
        around: list[_Traced] = []
        each: FrameType | None = frame
        while each is not None:
            code = self._known(each.f_code)
            if code.kind:
                traced = known.get(id(each))
                if traced is None:
                    self._frames += 1
                    traced = _Traced(each, code, self._frames)
                around.append(traced)
            each = each.f_back
        self._stack[:] = reversed(around)
        return self._stack[-1]

    def _tell_frames(self, lines: list[str]) -> None:
        """Tell of the frames on the stack that the host does not know, with their variables."""
        stack, parent = self._stack, 0
        left_out = sum(each.parent < 0 for each in stack) - MOST_FRAMES
        for traced in stack:
            if traced.parent < 0:
                left_out -= 1
                if left_out >= 0:
                    continue
                code = traced.code.code
                place = f"{code.co_firstlineno}\t{clean(code.co_qualname)}\t{code.co_filename[:LONGEST_FILE]}"
                lines.append(f"F\t{traced.number}\t{parent}\t{traced.code.kind}\t{place}")
                traced.parent = parent
                if traced is not stack[-1] and traced.frame is not None:
                    names, told = traced.code.names, traced.code.told
                    self._variables.tell(traced.number, traced.told, names, told, traced.frame)
            parent = traced.number
