"""The verdict about a driver under one fault. Pure functions of its turns."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.faults.model import FaultKind
from hostcore.quick_dataclass import dataclass
from hostcore.trial.model import Case, Ending, Run, Span, Turn, Verdict
from hostcore.trial.readings import Truth

TURNS_TO_RECOVER = 3
"""Within how many turns after the end of a fault a driver has to bring right values again."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A run under a fault."""

    run: Run
    span: Span
    """When the fault was on."""
    shows: bool
    """Whether the driver could see that the bytes were wrong."""

    @property
    def during(self) -> tuple[Turn, ...]:
        """The turns that the fault may have touched."""
        return tuple(
            turn for turn in self.run.turns if turn.ended_s > self.span.from_s and turn.began_s < self.span.to_s
        )

    @property
    def after(self) -> tuple[Turn, ...]:
        """The turns that began when the fault was gone."""
        return tuple(turn for turn in self.run.turns if turn.began_s >= self.span.to_s)


def verdict_of(case: Case, observed: Sequence[Observed], truth: Truth) -> Verdict:
    """Return the verdict about a driver under one fault.

    Args:
        case: the fault.
        observed: its runs under the fault.
        truth: what it reads without the fault.
    """
    turns = [turn for each in observed for turn in each.run.turns]
    hung = next((turn for turn in turns if turn.ending is Ending.HUNG), None)
    lies = [lie for each in observed if (lie := _lie(case, each, truth))]
    unseen = [error for each in observed if not each.shows and (error := _wrong_value(each, truth))]
    unrecovered = [why for each in observed if not hung and (why := _unrecovered(each, truth))]
    return Verdict(
        case.fault,
        survives=all(turn.ending not in {Ending.CRASHED, Ending.HUNG} for turn in turns),
        reports=_reports(observed, truth),
        recovers=not unrecovered and hung is None,
        hangs=hung is not None,
        lies=bool(lies),
        is_unseen=bool(unseen) and not lies,
        said=next((turn.problem for each in observed for turn in each.during if turn.problem), ""),
        why=next(iter([*([hung.problem] if hung else []), *lies, *unrecovered, *unseen]), ""),
    )


def _reports(observed: Sequence[Observed], truth: Truth) -> bool | None:
    during = [turn for each in observed for turn in each.during]
    if any(turn.ending is Ending.REPORTED or not _has_answered(turn, truth) for turn in during if not _died(turn)):
        return True
    has_need = any(_died(turn) or truth.error_of(turn) for turn in during)
    return False if has_need else None


def _died(turn: Turn) -> bool:
    return turn.ending in {Ending.CRASHED, Ending.HUNG}


def _has_answered(turn: Turn, truth: Truth) -> bool:
    return turn.ending is Ending.ANSWERED and truth.has_value(turn)


def _lie(case: Case, observed: Observed, truth: Truth) -> str:
    """Return the wrong value that a driver published although it could have known better; "" if there is none."""
    if truth.is_repeated(observed.run.turns):
        return "it published the same old reading again and again, as if it were new"
    if case.fault.kind is FaultKind.WRONG_CRC and any(_is_unchecked(turn, truth) for turn in observed.during):
        return "it published values although their checksum was wrong"
    for turn in _touched(observed):
        if observed.shows or truth.is_impossible(turn):
            error = truth.error_of(turn)
            if error:
                return error
    return ""


def _wrong_value(observed: Observed, truth: Truth) -> str:
    return next((error for turn in _touched(observed) if (error := truth.error_of(turn))), "")


def _touched(observed: Observed) -> tuple[Turn, ...]:
    """The turns in which a wrong value is a lie. Those after them are judged as a failure to recover."""
    return (*observed.during, *observed.after[:TURNS_TO_RECOVER])


def _is_unchecked(turn: Turn, truth: Truth) -> bool:
    return turn.is_struck and bool(turn.values) and _has_answered(turn, truth)


def _unrecovered(observed: Observed, truth: Truth) -> str:
    """Return why a driver did not recover; "" if it did."""
    if observed.run.is_quarantined:
        return "it crashed so often that the host does not start it again"
    after = observed.after
    right = [_is_right(turn, truth) for turn in after]
    if not any(right[:TURNS_TO_RECOVER]):
        first = next((truth.error_of(turn) or turn.problem for turn in after if not _is_right(turn, truth)), "")
        return f"after the fault was gone: {first or 'it took no turn'}"
    spoiled = next((turn for turn in after[right.index(True) :] if not _is_right(turn, truth)), None)
    if spoiled is not None:
        return f"long after the fault was gone: {truth.error_of(spoiled) or spoiled.problem}"
    return ""


def _is_right(turn: Turn, truth: Truth) -> bool:
    return _has_answered(turn, truth) and not truth.error_of(turn)
