"""Applies the rules to the evidence, and tells which findings are new, changed or gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.rules import Rule
from hostcore.events import Finding, FindingCleared, FindingRaised
from hostcore.events.findings import FindingKey
from hostcore.late_pattern import late_pattern
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass, replace

HOLD_NS = 5 * NS_PER_S
"""A finding is cleared when no rule has found it for this long, so that it does not flicker. In nanoseconds."""
MOST_FINDINGS = 64
"""Findings at one time. The surest ones stay."""
MOST_EVIDENCE = 8
"""Observations of one finding."""
LONGEST_TEXT = 1000
"""Characters of a sentence, and of what to do."""
LONGEST_EVIDENCE = 300
"""Characters of one observation."""
REPEAT_NS = 10 * NS_PER_S
"""A finding of which only the numbers have changed is raised again after this time, in nanoseconds; then after more."""
END_FAULTS = (
    "A fault on demand struck here: end it first, with f in the pane Bus or in [[simulation.faults]] of host.toml."
)
"""The advice that comes before all other, where a fault on demand shows in the evidence."""
RESTATE_NS = 30 * NS_PER_S
"""Every finding is raised again after this time, in nanoseconds, for front ends that have lost events. So no number on
the screen is older."""
_NUMBER = late_pattern(r"0x[0-9a-f]+|\b[0-9a-f]{2}\b|-?\d[\d.]*(e[+-]\d+)?")
"""Numbers, and bytes in hexadecimal."""
SYMPTOMS = frozenset({"impossible-numbers"})
"""Kinds of findings that only tell of an effect. They say nothing new if the same plugin has another finding."""


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
        return tuple(sorted(raised, key=lambda each: each.urgency))

    def conclude(self, now_ns: int) -> list[FindingRaised | FindingCleared]:
        """Apply all rules. Returns what has changed since the last time: at first what holds no longer.

        What has not changed is raised again after `RESTATE_NS`.
        """
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
            elif _is_due(finding, held.raised, now_ns):
                held.raised = FindingRaised(now_ns, finding, held.raised.since_ns)
                yield held.raised
            held.seen_ns = now_ns


def _is_due(finding: Finding, raised: FindingRaised, now_ns: int) -> bool:
    """Whether a finding is raised again: at once for other words, later for other numbers, at last in any case."""
    age_ns = now_ns - raised.time_ns
    if not 0 <= age_ns < RESTATE_NS:
        return True
    is_late = age_ns >= max(REPEAT_NS, raised.time_ns - raised.since_ns)
    return _has_changed(finding, raised.finding) and (is_late or not says_the_same(finding, raised.finding))


def _place(finding: Finding) -> tuple[object, ...]:
    """Return what a finding is about. A new finding about the same device replaces one that is no longer found."""
    return finding.plugin, finding.bus, finding.address, finding.reading


def _unexplained(found: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out what another finding explains.

    A device of a dead bus has no trouble of its own, and a symptom of a plugin with a known cause is none.
    """
    dead = {each.bus for each in found if each.bus is not None and each.address is None and not each.plugin}
    explained = {each.plugin for each in found if each.kind not in SYMPTOMS}
    for each in found:
        is_of_dead_bus = each.bus in dead and each.address is not None
        if not is_of_dead_bus and not (each.kind in SYMPTOMS and each.plugin in explained):
            yield each


def _bounded(found: Iterable[Finding]) -> list[Finding]:
    surest = sorted(found, key=lambda each: each.confidence.rank)[:MOST_FINDINGS]
    return [_safe(each) for each in surest]


def _safe(finding: Finding) -> Finding:
    """Return a finding with bounded evidence. Text of plugins may be in any of its sentences: it is escaped."""
    evidence = (replace(each, text=log_line(each.text, LONGEST_EVIDENCE)) for each in finding.evidence[:MOST_EVIDENCE])
    return replace(
        finding,
        sentence=log_line(finding.sentence, LONGEST_TEXT),
        advice=log_line(_advice(finding), LONGEST_TEXT),
        evidence=tuple(evidence),
        reading=log_line(finding.reading),
    )


def _advice(finding: Finding) -> str:
    """Return what to do next. A fault that a person made is ended first, before anyone turns to the wires."""
    is_made = any(each.is_injected for each in finding.evidence)
    return f"{END_FAULTS} If the trouble stays: {finding.advice}" if is_made else finding.advice


def says_the_same(one: Finding, other: Finding) -> bool:
    """Whether two findings say the same to a person, except for the numbers in them."""
    texts = ((each.sentence, each.advice) for each in (one, other))
    first, second = ([_NUMBER.sub("0", text) for text in pair] for pair in texts)
    return first == second and one.confidence is other.confidence


def _has_changed(new: Finding, old: Finding) -> bool:
    """Whether a person may want to read it again. New times of the same observations are nothing new."""
    return (new.sentence, new.advice, new.confidence) != (old.sentence, old.advice, old.confidence)
