"""The report of a diagnosis as lines for a person."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.finding_text import Told
from hostcore.diagnosis.report import DiagnosisReport, NotLookedAt, Unseen
from hostcore.events import Confidence, Evidence, Finding, FindingRaised


def told(*findings: Finding, unseen: tuple[NotLookedAt, ...] = ()) -> Told:
    raised = tuple(FindingRaised(0, each, 0) for each in findings)
    return Told(DiagnosisReport(12_000_000_000, 0, (), raised, unseen), Path("host.toml"), 7)


def finding(confidence: Confidence, text: str = "It is so.") -> Finding:
    return Finding("x", text, text, confidence, (Evidence(text),))


def text(report: Told, width: int = 80) -> str:
    return "\n".join(report.lines(width))


def test_a_finding_that_is_only_possible_is_shown_and_does_not_count() -> None:
    assert "possible It is so." in text(told(finding(Confidence.POSSIBLE)))
    assert not told(finding(Confidence.POSSIBLE)).is_grave
    assert told(finding(Confidence.LIKELY)).is_grave


def test_a_plugin_that_crashed_is_no_all_clear_even_without_a_finding() -> None:
    report = told(unseen=(NotLookedAt(Unseen.CRASHED, "air crashed", plugin="air"),))
    assert report.is_grave
    assert "No finding, but a plugin crashed: wasi-host crashes shows where." in text(report)
    assert "Nothing is wrong" not in text(report)


def test_without_findings_it_says_for_how_long_it_looked() -> None:
    assert "Nothing is wrong, as far as 12 s can tell." in text(told())


def test_what_a_plugin_wrote_cannot_move_the_cursor() -> None:
    shown = text(told(finding(Confidence.CERTAIN, "\x1b[2J evil\nline")))
    assert "\x1b" not in shown and "\\x1b[2J" in shown


def test_lines_are_as_wide_as_the_terminal() -> None:
    shown = list(told(finding(Confidence.CERTAIN, "word " * 60)).lines(60))
    assert max(map(len, shown)) <= 60


def test_the_time_for_loading_is_no_time_of_watching() -> None:
    report = Told(DiagnosisReport(100_000_000_000, 0, ()), Path("host.toml"), None, loading_seconds=90)
    assert "watched for 10 s" in text(report)
    assert report.json()["watched_seconds"] == 10.0
