"""Reports each step of the plugin's code to the host, with the variables that changed. Used by traced replays.

A step is a line that is about to run, a return, a yield, or an exception. Code of the plugin's file and of its
libraries is traced. The modules of the host and the standard library are not: their lines are not the user's, and they
would be most of the steps.
"""

import sys
from types import CodeType, FrameType
from typing import Any

from global_names import global_names
from host import _wire
from known_objects import KnownObjects
from tracing import NAME, ROOM, TOOL
from value_texts import ATOMS, clean, described, exception_text, is_code, is_unchanged, snapshot
from wit_world.imports import python_wire

MOST_CHANGES = 200
"""Most changes in one report. What is left over is reported at the next step of the frame."""
EVENTS = sys.monitoring.events
DISABLE = sys.monitoring.DISABLE
DRIVER, LIBRARY, UNTRACED = "driver", "library", ""


def _locals() -> object:
    return sys._getframe().f_locals


_NAMESPACES = frozenset({dict, type(_locals())})
"""Types of the local variables. Those of a class statement may be an object of the plugin's own."""
_NO_ATOM, _ABSENT = object(), object()
"""Stand for a value that may change without becoming another object, and for no value."""

Told = dict[str, tuple[object, str, int, str, list[Any] | None]]
"""What the host knows of a set of variables, by name: the atom or `_NO_ATOM`, kind, number of the object, text, and the
snapshot if there is one."""
Reached = list[tuple[int, Any]]
"""Objects with their numbers."""


class _Code:
    """What is known of a code object."""

    __slots__ = ("code", "kind", "names", "told")

    def __init__(self, code: CodeType, kind: str, told: Told) -> None:
        self.code, self.kind, self.told = code, kind, told
        self.names = global_names(code) if kind else ()


class _Traced:
    """A frame on the stack, or of a generator that waits."""

    __slots__ = ("code", "frame", "number", "parent", "told")

    def __init__(self, frame: FrameType, code: _Code, number: int) -> None:
        self.frame: FrameType | None = frame
        self.code, self.number = code, number
        self.parent = -1
        """-1 until the host knows of this frame."""
        self.told: Told = {}


class Stepping:
    """Follows the code of the plugin and its libraries with `sys.monitoring`."""

    def __init__(self) -> None:
        self._stack: list[_Traced] = []
        self._waiting: dict[int, _Traced] = {}
        self._codes: dict[int, _Code] = {}
        self._globals: dict[str, Told] = {}
        self._objects = KnownObjects()
        self._frames = self._skip = 0
        self._lines: list[str] = []

    def start(self) -> None:
        """Start reporting."""
        sys.monitoring.use_tool_id(TOOL, NAME)
        callbacks = {
            EVENTS.PY_START: self._started,
            EVENTS.PY_RESUME: self._started,
            EVENTS.PY_THROW: self._thrown,
            EVENTS.LINE: self._line,
            EVENTS.PY_RETURN: self._returned,
            EVENTS.PY_YIELD: self._yielded,
            EVENTS.PY_UNWIND: self._unwound,
            EVENTS.RAISE: self._raised,
        }
        events = 0
        for event, callback in callbacks.items():
            sys.monitoring.register_callback(TOOL, event, callback)
            events |= event
        sys.monitoring.set_events(TOOL, events)

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
            self._lines = lines = [f"{event}\t{traced.number}\t{line or 0}", ""]
            if traced.parent < 0:
                self._tell_frames()
            self._tell_frame(traced, frame)
            if event != "line":
                lines[1] = self._result(event, value)
            told = "\n".join(lines)
            bytes(ROOM + 4 * len(told))  # without this room, the call out of the guest would abort instead of raising
        except (MemoryError, RecursionError):
            return  # the plugin is about to crash of this, and the last step shows the place
        self._skip = python_wire.step(told)

    def _result(self, event: str, value: object) -> str:
        if event == "raise":
            return exception_text(value)
        kind, text = described(value)
        return f"{kind}\t{self._objects.number(value) if kind == 'object' else 0}\t{text}"

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

    def _tell_frames(self) -> None:
        """Tell of the frames on the stack that the host does not know, with their variables."""
        stack, parent = self._stack, 0
        for traced in stack:
            if traced.parent < 0:
                code = traced.code.code
                place = f"{code.co_firstlineno}\t{clean(code.co_qualname)}\t{code.co_filename[:200]}"
                self._lines.append(f"F\t{traced.number}\t{parent}\t{traced.code.kind}\t{place}")
                traced.parent = parent
                if traced is not stack[-1] and traced.frame is not None:
                    self._tell_frame(traced, traced.frame)
            parent = traced.number

    def _tell_frame(self, traced: _Traced, frame: FrameType) -> None:
        """Tell what changed of the variables of a frame, of the globals it names, and of the objects that these are."""
        variables, scope = frame.f_locals, frame.f_globals
        reached: Reached = []
        if variables is not scope and type(variables) in _NAMESPACES:
            self._tell("L", traced.number, traced.told, variables, reached)
        if traced.code.names:
            self._tell_globals(traced, scope, reached)
        if reached:
            self._tell_objects(reached)

    def _tell_globals(self, traced: _Traced, scope: dict[str, Any], reached: Reached) -> None:
        """Tell what changed of the globals that the code of a frame names, but for functions, classes and modules."""
        told, owner = traced.code.told, traced.number
        for name in traced.code.names:
            value, before = scope.get(name, _ABSENT), told.get(name)
            if before is not None:
                if before[0] is value:
                    continue
                if value is _ABSENT:
                    del told[name]
                    self._lines.append(f"G\t{owner}\t{clean(name)}")
                    continue
            elif value is _ABSENT or is_code(value):
                continue
            self._tell_one("G", owner, told, name, value, reached)

    def _tell_objects(self, reached: Reached) -> None:
        """Tell what changed of the attributes of objects, and of the objects that these attributes are."""
        done: set[int] = set()
        deeper: Reached = []
        for found in (reached, deeper):
            for number, value in found[: KnownObjects.MOST_LOOKED_AT]:
                if number not in done:
                    done.add(number)
                    self._tell("O", number, self._objects.told(number), self._objects.attributes(value), deeper)
            if found is deeper:
                break

    def _tell(self, scope: str, owner: int, told: Told, variables: Any, reached: Reached) -> None:
        """Tell what changed of all variables of a frame or an object.

        Args:
            scope: the letter of their scope.
            owner: number of their frame or object.
            told: what the host knows of them.
            variables: their values by name.
            reached: gets the objects among them.
        """
        count = 0
        for name, value in variables.items():
            if type(name) is not str or (name[:2] == "__" and name[-2:] == "__"):
                continue
            count += 1
            before = told.get(name)
            if before is None or before[0] is not value:
                self._tell_one(scope, owner, told, name, value, reached)
        if count < len(told):
            for name in [each for each in told if each not in variables]:
                del told[name]
                self._lines.append(f"{scope}\t{owner}\t{clean(name)}")

    def _tell_one(  # noqa: PLR0917 - called for each variable of each step
        self, scope: str, owner: int, told: Told, name: str, value: Any, reached: Reached
    ) -> None:
        """Tell of one variable, if it changed."""
        before, content = told.get(name), snapshot(value)
        if content and before and before[4] and is_unchanged(before[4], content):
            return
        number = self._objects.known(value)
        if number:
            reached.append((number, value))
            if before is not None and before[2] == number:
                return
        kind, text = described(value)
        if kind == "object" and not number:
            number = self._objects.number(value)
            if number:
                reached.append((number, value))
        if before is None or before[1] != kind or before[3] != text or before[2] != number:
            if len(self._lines) >= MOST_CHANGES:
                return
            self._lines.append(f"{scope}\t{owner}\t{clean(name)}\t{kind}\t{number}\t{text}")
        told[name] = (value if id(type(value)) in ATOMS else _NO_ATOM, kind, number, text, content)
