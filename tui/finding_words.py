"""A finding in lines: how sure it is, its sentence, what to do, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from hostcore.events import Confidence, Evidence, Finding, FindingRaised
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import ago, counted, safe, time_of_day

INDENT = 9
"""Cells of the confidence, before the sentence."""


def ink_of(finding: Finding, look: Look) -> Style:
    """The style of a finding: red if it is certain."""
    return look.bad if finding.confidence is Confidence.CERTAIN else look.warn


def sentence_of(finding: Finding) -> str:
    """The sentence, fit for a terminal, and whether it is about the simulated Pi."""
    return safe(finding.sentence, 1000) + (" (simulated)" if finding.is_simulated else "")


def sentence_lines(finding: Finding, look: Look, width: int) -> Iterator[Line]:
    """The confidence, and beside it the sentence.

    Args:
        finding: the finding.
        look: the styles.
        width: cells of a line.
    """
    mark = finding.confidence.value.ljust(INDENT)
    for text in wrapped(sentence_of(finding), look.strong, width - INDENT):
        yield [Segment(mark, ink_of(finding, look)), *text]
        mark = " " * INDENT


def finding_lines(raised: FindingRaised, look: Look, width: int, now_ns: int) -> Iterator[Line]:
    """The sentence, what to do, and what it concerns."""
    finding = raised.finding
    yield from sentence_lines(finding, look, width)
    yield from wrapped(f"-> {safe(finding.advice, 1000)}", look.accent, width, " " * INDENT)
    about = [safe(finding.plugin)] if finding.plugin else []
    about += [f"since {time_of_day(raised.since_ns)[:8]} ({ago(now_ns - raised.since_ns)})"]
    about += [counted(len(finding.evidence), "observation")] if finding.evidence else []
    yield [Segment(" " * INDENT + ", ".join(about), look.muted)]


def origin_of(evidence: Evidence) -> str:
    """When it was observed, of which plugin, and from which of its lines."""
    time_text = time_of_day(evidence.time_ns) if evidence.time_ns else "lasting"
    plugin = f", {safe(evidence.plugin)}" if evidence.plugin else ""
    line = f" line {evidence.source_line}" if evidence.source_line else ""
    return f"{time_text}{plugin}{line}"
