"""A problem in lines: how bad or how sure it is, its sentence, and the key that leads on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from hostcore.view.problems import Problem, ProblemKind, Severity
from tui.lines import Line
from tui.look import Look
from tui.text import ago, counted, safe, time_of_day
from tui.wrapping import cut, wrapped

INDENT = 12
"""Cells of the word before the sentence. The longest is ``quarantined``."""
ADVICE = {
    ProblemKind.ALARM: "a acknowledges it: you have seen it. It stays here until all is well again.",
    ProblemKind.BUS_STUCK: "5 shows the bus and who uses it. Its plugins wait until it is free.",
    ProblemKind.QUARANTINED: "Enter shows the crash, e edits the driver there, u lets it try again.",
    ProblemKind.BACKOFF: "Enter shows the crash, e edits the driver there. It starts again by itself.",
    ProblemKind.BROKER: "The readings wait for it, and are sent when it is back. wasi-host doctor tests the way to it.",
    ProblemKind.TWIN: "It is told for an hour after the last sign of the other one.",
    ProblemKind.FAILING: "Enter shows its transfers, e edits the driver.",
    ProblemKind.OLD_VERSION: "e edits the driver. The host tries each version that you save.",
    ProblemKind.LIBRARIES: "f fetches them.",
    ProblemKind.REQUEST: "g shows what that would allow, and grants it.",
}
"""What to do about each kind, with the keys of the pane."""


def ink_of_problem(problem: Problem, look: Look) -> Style:
    """The style of a problem's word: red if it is grave. Nobody can miss an alarm that is not acknowledged."""
    if problem.alarm and not problem.alarm.acknowledged_ns:
        return look.alarm
    return look.bad if problem.severity is Severity.GRAVE else look.warn


def problem_lines(problem: Problem, look: Look, width: int) -> Iterator[Line]:
    """The word, and beside it the sentence.

    Args:
        problem: the problem.
        look: the styles.
        width: cells of a line.
    """
    mark = _mark(problem, look)
    for text in wrapped(_sentence(problem), look.strong, width - INDENT):
        yield [*mark, *text]
        mark = [Segment(" " * INDENT)]


def problem_line(problem: Problem, look: Look, width: int) -> Line:
    """The word and the sentence on one line, with ``…`` for what does not fit."""
    return cut([*_mark(problem, look), Segment(_sentence(problem), look.strong)], width)


def _mark(problem: Problem, look: Look) -> Line:
    """The word, and the blanks up to the sentence: a coloured ground ends with the word."""
    return [Segment(problem.word, ink_of_problem(problem, look)), Segment(" " * (INDENT - len(problem.word)))]


def _sentence(problem: Problem) -> str:
    return safe(problem.sentence, 1000) + (" (simulated)" if problem.is_simulated else "")


def advice_lines(problem: Problem, look: Look, width: int, now_ns: int) -> Iterator[Line]:
    """What to do, and what is known about it."""
    advice = problem.finding.finding.advice if problem.finding else ADVICE[problem.kind]
    if problem.alarm and problem.alarm.acknowledged_ns:
        advice = "It stays here until all is well again."
    if problem.requests and problem.kind is not ProblemKind.REQUEST:
        advice = f"g shows what it asks for. {advice}"
    yield from wrapped(f"-> {safe(advice, 1000)}", look.accent, width, " " * INDENT)
    evidence = problem.finding.finding.evidence if problem.finding else ()
    about = (
        [f"since {time_of_day(problem.since_ns)[:8]} ({ago(now_ns - problem.since_ns)})"] if problem.since_ns else []
    )
    about += [counted(len(evidence), "observation")] if evidence else []
    about[:0] = [safe(problem.plugin)] if problem.plugin and about else []
    if about:
        yield [Segment(" " * INDENT + ", ".join(about), look.muted)]
