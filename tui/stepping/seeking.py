"""Finds a variable again in another window, where objects and frames have other numbers."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import Assignment, Scope, Shown
from hostcore.stepping.trace import Trace

MOST_FRAMES = 2_000
"""Frames that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A value whose origin is in an earlier window."""

    file: str
    """The file of the function that sees it."""
    owner: str
    """The class of that function; "" if it has none."""
    path: tuple[str, ...]
    """The variable, as that function reaches it: ``("self", "_t_fine")``."""
    text: str
    """The value. Another instance of the same class has another one, or the same history does not matter."""
    name: str
    """The variable, for the person."""


def class_of(function: str) -> str:
    """The class of a function, by its qualified name; "" if it has none."""
    return function.rpartition(".")[0]


def origin_in(trace: Trace, sought: Sought) -> Assignment | None:
    """Return where the value came from that the variable has at the end of a window; None if it is not known there."""
    seen: set[int] = set()
    for number in range(len(trace) - 1, -1, -1):
        frame = trace.columns.frames[number]
        if frame in seen:
            continue
        seen.add(frame)
        if len(seen) > MOST_FRAMES:
            return None
        shown = _resolved(trace, number, sought)
        found = trace.origin(shown.variable, len(trace) - 1) if shown is not None else None
        if found is not None and found.value is not None and found.value.text == sought.text:
            return found
    return None


def _resolved(trace: Trace, step: int, sought: Sought) -> Shown | None:
    """The variable as the function of a step reaches it; None if it does not."""
    code = trace.step(step).frame.code
    if code.file != sought.file:
        return None
    has_class = class_of(code.function) == sought.owner
    roots = [each for each in (*trace.locals(step), *trace.globals(step)) if has_class or _is_global(each)]
    shown = _named(roots, sought.path[0])
    for name in sought.path[1:]:
        shown = _named(trace.attributes(step, shown.value.object), name) if shown and shown.value.object else None
    return shown


def _is_global(shown: Shown) -> bool:
    return shown.variable.scope is Scope.GLOBAL


def _named(shown: Iterable[Shown], name: str) -> Shown | None:
    return next((each for each in shown if each.variable.name == name), None)
