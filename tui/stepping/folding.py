"""The steps of libraries that are folded at a place."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass
from hostcore.stepping.model import Step, StepKind
from hostcore.stepping.navigation import Direction, Folds, into
from hostcore.stepping.trace import Trace

MOST_COUNTED = 2_000
"""Steps that are looked at. A library can take a million for one line."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The code of libraries that runs between a step and the next one in sight."""

    files: tuple[str, ...]
    lines: int
    """How many different lines."""
    is_more: bool
    """Whether there are more, which were not counted."""


@dataclass(frozen=True, slots=True)
class FoldedOrigin:
    """The place in a folded library at which an exception began."""

    files: tuple[str, ...]
    """The folded files that it passed."""
    step: Step


def folded_origin(trace: Trace, step: int, folds: Folds) -> FoldedOrigin | None:
    """Return where in folded code the exception of a step began; None if it began in sight, or the step raises none."""
    here = first = trace.step(step)
    files: dict[str, None] = {}
    for number in range(step - 1, max(-1, step - 1 - MOST_COUNTED), -1):
        each = trace.step(number)
        if each.kind is not StepKind.RAISE or (each.call, each.raised) != (here.call, here.raised):
            break
        if folds.hides(each.frame):
            files[each.frame.code.file] = None
        first = each
    if here.kind is not StepKind.RAISE or not folds.hides(first.frame):
        return None
    return FoldedOrigin(tuple(files), first)


def folded_after(trace: Trace, step: int, folds: Folds) -> Folded | None:
    """Return the folded code that the line of a step calls; None if there is none."""
    following = into(trace, step, Direction.FORWARD, folds)
    end = len(trace) if following is None else following
    files: dict[str, None] = {}
    lines = set()
    for number in range(step + 1, min(end, step + 1 + MOST_COUNTED)):
        each = trace.step(number)
        if folds.hides(each.frame):
            files[each.frame.code.file] = None
            lines.add((each.frame.code.file, each.line))
    return Folded(tuple(files), len(lines), end - step - 1 > MOST_COUNTED) if files else None
