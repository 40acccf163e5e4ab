"""Applies the rules to the evidence, and tells which findings are new, changed or gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.rules import Rule
from hostcore.events import Confidence, Finding, FindingCleared, FindingRaised
from hostcore.events.findings import FindingKey

HOLD_NS = 5 * NS_PER_S
"""A finding is cleared when no rule has found it for this long, so that it does not flicker. In nanoseconds."""
MOST_FINDINGS = 64
"""Findings at one time. The surest ones stay."""
MOST_EVIDENCE = 8
"""Observations of one finding."""
_RANKS = {confidence: rank for rank, confidence in enumerate(Confidence)}


@dataclass(slots=True)
class _Held:
    raised: FindingRaised
    seen_ns: int


class Diagnosis:
    """The findings about one host.

    Args:
        case: the evidence.
        rules: the rules.
        defect: takes one line about a rule that raised an exception. That rule is not applied again.
    """

    def __init__(self, case: Case, rules: Sequence[Rule], defect: Callable[[str], None]) -> None:
        self.case = case
        self._rules, self._defect = list(rules), defect
        self._held: dict[FindingKey, _Held] = {}

    @property
    def findings(self) -> tuple[FindingRaised, ...]:
        """The present findings, the surest ones first."""
        raised = [each.raised for each in self._held.values()]
        return tuple(sorted(raised, key=lambda each: (_RANKS[each.finding.confidence], each.since_ns)))

    def conclude(self, now_ns: int) -> list[FindingRaised | FindingCleared]:
        """Apply all rules. Returns what has changed since the last time: at first what holds no longer."""
        self.case.at(now_ns)
        all_found = list(self._apply())
        found = {finding.key: finding for finding in _bounded(_unexplained(all_found))}
        explained = {finding.key for finding in all_found} - set(found)
        changes: list[FindingRaised | FindingCleared] = [*self._cleared(found, explained, now_ns)]
        changes += self._raised(found, now_ns)
        return changes

    def _apply(self) -> Iterator[Finding]:
        for rule in list(self._rules):
            try:
                yield from list(rule(self.case))
            except Exception as error:  # noqa: BLE001 - a defect of one rule must not end the others
                self._rules.remove(rule)
                self._defect(f"the rule {rule.__name__} of the diagnosis failed: {type(error).__name__}: {error}")

    def _cleared(
        self, found: Mapping[FindingKey, Finding], explained: Collection[FindingKey], now_ns: int
    ) -> Iterator[FindingCleared]:
        places = {_place(finding) for finding in found.values() if finding.address is not None}
        for key, held in list(self._held.items()):
            is_over = not 0 <= now_ns - held.seen_ns < HOLD_NS
            is_replaced = key in explained or _place(held.raised.finding) in places
            if key not in found and (is_over or is_replaced):
                del self._held[key]
                yield FindingCleared(now_ns, held.raised.finding)

    def _raised(self, found: dict[FindingKey, Finding], now_ns: int) -> Iterator[FindingRaised]:
        for key, finding in found.items():
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = _Held(FindingRaised(now_ns, finding, now_ns), now_ns)
                yield held.raised
            elif _says_more(finding, held.raised.finding):
                held.raised = FindingRaised(now_ns, finding, held.raised.since_ns)
                yield held.raised
            held.seen_ns = now_ns


def _place(finding: Finding) -> tuple[object, ...]:
    """Return what a finding is about. A new finding about the same device replaces one that is no longer found."""
    return finding.plugin, finding.bus, finding.address, finding.reading


def _unexplained(found: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out what a finding about the whole bus explains: a device of a dead bus has no trouble of its own."""
    dead = {each.bus for each in found if each.bus is not None and each.address is None and not each.plugin}
    for each in found:
        if each.bus not in dead or each.address is None:
            yield each


def _bounded(found: Iterable[Finding]) -> list[Finding]:
    surest = sorted(found, key=lambda each: _RANKS[each.confidence])[:MOST_FINDINGS]
    return [replace(each, evidence=each.evidence[:MOST_EVIDENCE]) for each in surest]


def _says_more(new: Finding, old: Finding) -> bool:
    """Whether a person should read it again. New times of the same observations are nothing new."""
    return (new.sentence, new.advice, new.confidence) != (old.sentence, old.advice, old.confidence)
