"""Everything that is wrong on the host's page: the worst in sight, all with their evidence behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

from hostcore.view.problems import Problem, ProblemKind, Severity
from hostcore.web.page.words import plain

IN_SIGHT = 3
"""Problems whose sentences are always in sight."""
MOST_SHOWN = 16
"""Problems that are listed; the others are counted."""
ADVICE: Mapping[ProblemKind, str] = MappingProxyType(
    {
        ProblemKind.BUS_STUCK: "Its plugins wait until it is free.",
        ProblemKind.QUARANTINED: "Its crash tells where; Release lets it try again.",
        ProblemKind.BACKOFF: "Its crash tells where. It starts again by itself.",
        ProblemKind.FAILING: "Its last values stay on the Charts tab, and grow old.",
        ProblemKind.OLD_VERSION: "The host tries each version of the file that is saved.",
        ProblemKind.LIBRARIES: "On the computer, wasi-host fetch gets them.",
        ProblemKind.BROKER: "The readings wait for it, and are sent when it is back.",
        ProblemKind.TWIN: "It is told for an hour after the last sign of the other one.",
        ProblemKind.REQUEST: "On the computer, wasi-host grant shows what that would allow, and grants it.",
    }
)
"""What to do about each kind. Findings have an advice of their own, and alarms a button."""


def problems_block(problems: Sequence[Problem]) -> str:
    """Return a folded list of what is wrong, with the worst as its title; "" if all is well.

    Alarms are left out: they stand above, each with a button.

    Args:
        problems: everything that is wrong, the worst first.
    """
    shown = [each for each in problems if each.alarm is None]
    if not shown:
        return ""
    hidden, more = len(shown) - MOST_SHOWN, len(shown) - IN_SIGHT
    titles = "".join(f'<strong class="{each.severity}">{_title(each)}</strong>' for each in shown[:IN_SIGHT])
    counted = f" <small>+{more} more</small>" if more > 0 else ""
    rest = f'<li>and {hidden} more: <a href="/api/problems">all as JSON</a></li>' if hidden > 0 else ""
    return (
        f'<details id="problems" class="{shown[0].severity}"><summary role="alert">{titles}{counted}'
        f"</summary><ul>{''.join(map(_item, shown[:MOST_SHOWN]))}{rest}</ul></details>"
    )


def _title(problem: Problem) -> str:
    sign = "✗" if problem.severity is Severity.GRAVE else "!"
    simulated = " (simulated)" if problem.is_simulated else ""
    return f"{sign} {problem.word}: {plain(problem.sentence)}{simulated}"


def _item(problem: Problem) -> str:
    finding = problem.finding.finding if problem.finding else None
    advice = finding.advice if finding else ADVICE.get(problem.kind, "")
    evidence = "".join(f"<li>{plain(each.text)}</li>" for each in finding.evidence) if finding else ""
    listed = f"<ul>{evidence}</ul>" if evidence else ""
    name = escape(problem.plugin)
    link = f' <a href="/plugins#plugin-{name}">See {plain(problem.plugin, 60)}</a>' if name else ""
    return f"<li><strong>{_title(problem)}</strong><br>→ {plain(advice)}{link}{listed}</li>"
