"""Writes the report of a diagnosis for a person, in lines, and for a program, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from hostcore import __version__
from hostcore.cli.lines import wrapped
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.events import Evidence, FindingRaised
from hostcore.events.event_json import to_json
from hostcore.log.safe_text import counted
from hostcore.quick_dataclass import dataclass
from hostcore.view.findings import finding_json

LABEL = 9
"""Characters of the confidence, before the sentence."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command learned from a host."""

    report: DiagnosisReport
    config: Path
    """The settings file."""
    process: int | None
    """The PID of the running host that was asked; None if the command ran the host itself."""
    loading_seconds: float = 0.0
    """For how long the host loaded its plugins, so that there was nothing to watch. The first start compiles."""

    @property
    def seconds(self) -> float:
        """For how long the host had run its plugins."""
        return round((self.report.time_ns - self.report.started_ns) / NS_PER_S - self.loading_seconds, 1)

    @property
    def is_grave(self) -> bool:
        """Whether a finding is certain or likely, or a plugin crashed."""
        return self.report.has_crashes or any(each.finding.is_grave for each in self.report.findings)

    def json(self) -> dict[str, Any]:
        """The report for programs; ``docs/diagnose.md`` describes it."""
        return {
            "version": __version__,
            "config": str(self.config),
            "process": self.process,
            "watched_seconds": self.seconds,
            "simulated": list(self.report.simulated),
            "findings": [finding_json(each) for each in self.report.findings],
            "not_looked_at": to_json(self.report.not_looked_at),
        }

    def lines(self, width: int) -> Iterator[str]:
        """Yield the lines for a terminal of `width` characters."""
        yield from wrapped(self._origin(), width)
        if simulated := self.report.simulated:
            yield from wrapped(f"SIMULATED: {', '.join(simulated)}. No finding there is about a real chip.", width)
        for raised in self.report.findings:
            yield ""
            yield from _finding(raised, width)
        yield ""
        yield self._summary()
        for each in self.report.not_looked_at:
            yield from wrapped(f"not looked at: {each.text}", width, hanging=4)

    def _origin(self) -> str:
        whose = f"the running host (PID {self.process})" if self.process else "a host of this command"
        return f"{self.config}: {whose}, watched for {self.seconds:.0f} s"

    def _summary(self) -> str:
        if self.report.findings:
            return counted(len(self.report.findings), "finding")
        if self.report.has_crashes:
            return "No finding, but a plugin crashed: wasi-host crashes shows where."
        return f"Nothing is wrong, as far as {self.seconds:.0f} s can tell."


def _finding(raised: FindingRaised, width: int) -> Iterator[str]:
    finding = raised.finding
    simulated = " (simulated)" if finding.is_simulated else ""
    yield from wrapped(f"{finding.confidence:<{LABEL}}{finding.sentence}{simulated}", width, hanging=LABEL)
    for each in finding.evidence:
        yield from wrapped(f"{'':{LABEL + 3}}{_evidence(each)}", width, hanging=LABEL + 5)
    yield from wrapped(f"{'':{LABEL}}-> {finding.advice}", width, hanging=LABEL + 3)


def _evidence(evidence: Evidence) -> str:
    time = f"{datetime.fromtimestamp(evidence.time_ns / NS_PER_S):%H:%M:%S} " if evidence.time_ns else ""
    line = f" line {evidence.source_line}" if evidence.source_line else ""
    origin = f"{evidence.plugin}{line}: " if evidence.plugin else ""
    return f"{time}{origin}{evidence.text}"
