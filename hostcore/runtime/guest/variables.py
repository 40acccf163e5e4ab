"""Tells which variables changed since the last step of a function, in the lines of `python-wire.step`."""

import sys
from types import FrameType
from typing import Any

from code_names import GLOBAL, LOCAL, NAME
from known_objects import KnownObjects
from value_texts import ATOMS, clean, described, is_code, is_unchanged, snapshot

MOST_CHANGES = 200
"""Most changes in one report. What is left over is reported at the next step of the frame."""


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


class Variables:
    """What the host knows of all variables.

    Attributes:
        lines: gets the changes.
    """

    def __init__(self) -> None:
        self._objects = KnownObjects()
        self.lines: list[str] = []

    def number(self, value: object) -> int:
        """The number of an object; 0 if its attributes are not told."""
        return self._objects.number(value)

    def forget(self, stores: tuple[tuple[str, str], ...], told: Told, told_globals: Told, frame: FrameType) -> None:
        """Forget what a line has set, so that it is told again even if it has the same value as before.

        Args:
            stores: what it sets.
            told: what the host knows of the locals.
            told_globals: what the host knows of the globals of the file.
            frame: the frame.
        """
        variables, scope = frame.f_locals, frame.f_globals
        is_top = variables is scope
        if not is_top and type(variables) not in _NAMESPACES:
            return
        for where, name in stores:
            if where == GLOBAL or (where == NAME and is_top):
                if name in scope and not is_code(scope[name]):
                    told_globals.pop(name, None)
            elif where in {LOCAL, NAME}:
                if name in variables:
                    told.pop(name, None)
            else:
                self._forget_attribute(variables.get(where[1:]), name)

    def _forget_attribute(self, owner: Any, name: str) -> None:
        number = self._objects.known(owner)
        if number and name in self._objects.attributes(owner):
            self._objects.told(number).pop(name, None)

    def tell(self, number: int, told: Told, names: tuple[str, ...], told_globals: Told, frame: FrameType) -> None:
        """Tell what changed of the variables of a frame, of the globals it names, and of the objects that these are.

        Args:
            number: of the frame.
            told: what the host knows of its locals.
            names: the globals that its code names.
            told_globals: what the host knows of the globals of its file.
            frame: the frame.
        """
        variables, scope = frame.f_locals, frame.f_globals
        reached: Reached = []
        if variables is not scope and type(variables) in _NAMESPACES:
            self._tell("L", number, told, variables, reached)
        if names:
            self._tell_globals(number, names, told_globals, scope, reached)
        if reached:
            self._tell_objects(reached)

    def _tell_globals(
        self, owner: int, names: tuple[str, ...], told: Told, scope: dict[str, Any], reached: Reached
    ) -> None:
        """Tell what changed of the globals that the code of a frame names, but for functions, classes and modules."""
        for name in names:
            value, before = scope.get(name, _ABSENT), told.get(name)
            if before is not None:
                if before[0] is value:
                    continue
                if value is _ABSENT:
                    self._tell_deleted("G", owner, told, name)
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
                self._tell_deleted(scope, owner, told, name)

    def _tell_deleted(self, scope: str, owner: int, told: Told, name: str) -> None:
        if len(self.lines) < MOST_CHANGES:
            del told[name]
            self.lines.append(f"{scope}\t{owner}\t{clean(name)}")

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
            if len(self.lines) >= MOST_CHANGES:
                return
            self.lines.append(f"{scope}\t{owner}\t{clean(name)}\t{kind}\t{number}\t{text}")
        told[name] = (value if id(type(value)) in ATOMS else _NO_ATOM, kind, number, text, content)
