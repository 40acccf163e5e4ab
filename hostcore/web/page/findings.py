"""The findings of the diagnosis on the host's page: the surest in sight, all with their evidence behind it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hostcore.events import Confidence, Finding

MOST_SHOWN = 16
"""Findings that are listed; the others are counted."""


def findings_block(findings: Sequence[Finding]) -> str:
    """Return a folded list of findings, with the first one as its title; "" if there are none.

    Args:
        findings: the findings, the surest first.
    """
    if not findings:
        return ""
    first, hidden = findings[0], len(findings) - MOST_SHOWN
    more = f" <small>+{len(findings) - 1} more</small>" if len(findings) > 1 else ""
    rest = f"<li>and {hidden} more: /api/findings lists them</li>" if hidden > 0 else ""
    return (
        f'<details id="findings" class="{first.confidence}"><summary role="alert">{_title(first)}{more}</summary>'
        f"<ul>{''.join(map(_item, findings[:MOST_SHOWN]))}{rest}</ul></details>"
    )


def _title(finding: Finding) -> str:
    sign = "✗" if finding.confidence is Confidence.CERTAIN else "!"
    simulated = " (simulated)" if finding.is_simulated else ""
    return f"{sign} {finding.confidence}: {escape(finding.sentence)}{simulated}"


def _item(finding: Finding) -> str:
    evidence = "".join(f"<li>{escape(each.text)}</li>" for each in finding.evidence)
    listed = f"<ul>{evidence}</ul>" if evidence else ""
    return f"<li><strong>{_title(finding)}</strong><br>→ {escape(finding.advice)}{listed}</li>"
