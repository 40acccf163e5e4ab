"""Findings appear when a rule finds them, and disappear by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import END_FAULTS, HOLD_NS, RESTATE_NS
from hostcore.events import Confidence, Evidence, Finding, FindingCleared, FindingRaised
from hostcore.place import BusName
from tests.evidence import Bench

FINDING = Finding("loose-wire", "A wire is loose.", "Press it on.", Confidence.LIKELY, bus=BusName("i2c-1"), address=9)


class Switch:
    """A rule that can be turned on and off."""

    __name__ = "switch"

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings

    def __call__(self, case: Case) -> Iterator[Finding]:
        yield from self.findings


def test_a_finding_is_raised_once() -> None:
    bench = Bench(rules=[Switch(FINDING)])
    first = bench.diagnosis.conclude(bench.now_ns)
    bench.wait(1)
    assert first == [FindingRaised(bench.now_ns - 1_000_000_000, FINDING, bench.now_ns - 1_000_000_000)]
    assert bench.diagnosis.conclude(bench.now_ns) == []


def test_a_finding_that_stays_is_raised_again_for_front_ends_that_lost_events_and_keeps_its_age() -> None:
    bench = Bench(rules=[Switch(FINDING)])
    began_ns = bench.now_ns
    bench.diagnosis.conclude(bench.now_ns)
    bench.wait(RESTATE_NS / NS_PER_S - 1)
    assert bench.diagnosis.conclude(bench.now_ns) == []
    bench.wait(1)
    assert bench.diagnosis.conclude(bench.now_ns) == [FindingRaised(bench.now_ns, FINDING, began_ns)]


def test_a_finding_with_a_better_sentence_is_raised_again_and_keeps_its_age() -> None:
    switch = Switch(FINDING)
    bench = Bench(rules=[switch])
    began_ns = bench.now_ns
    bench.diagnosis.conclude(bench.now_ns)
    better = Finding("loose-wire", "SDA is loose.", "Press it on.", Confidence.CERTAIN, bus=BusName("i2c-1"), address=9)
    switch.findings = (better,)
    bench.wait(1)
    assert bench.diagnosis.conclude(bench.now_ns) == [FindingRaised(bench.now_ns, better, began_ns)]


def test_a_finding_of_which_only_the_numbers_change_is_raised_again_after_a_while() -> None:
    switch = Switch(replace(FINDING, sentence="3 of 20 answers are damaged (15 %)."))
    bench = Bench(rules=[switch])
    bench.diagnosis.conclude(bench.now_ns)
    raised = 0
    for count in range(4, 24):
        switch.findings = (replace(FINDING, sentence=f"{count} of {count + 20} answers are damaged ({count}.5 %)."),)
        bench.wait(1)
        raised += len(bench.diagnosis.conclude(bench.now_ns))
    assert raised == 2


def test_other_bytes_in_a_sentence_are_numbers_too_so_that_it_is_not_raised_twice_a_second() -> None:
    switch = Switch()
    bench = Bench(rules=[switch])
    raised = 0
    for count in range(20):
        checksum = f"0x{(count * 83) % 256:02x}"
        sentence = f"It sends {checksum}, and the bytes {count:02x} ff mean -{count}.5e-05."
        switch.findings = (replace(FINDING, sentence=sentence),)
        raised += len(bench.diagnosis.conclude(bench.now_ns))
        bench.wait(0.4)
    assert raised == 1


def test_numbers_that_change_for_long_are_raised_again_twice_a_minute() -> None:
    switch = Switch(FINDING)
    bench = Bench(rules=[switch])
    raised = 0
    for second in range(600):
        switch.findings = (replace(FINDING, sentence=f"{second} answers are damaged."),)
        raised += len(bench.diagnosis.conclude(bench.now_ns))
        bench.wait(1)
    assert 20 <= raised <= 24


def test_the_advice_about_a_fault_that_a_person_made_is_to_end_it_first() -> None:
    made = replace(FINDING, evidence=(Evidence("no-acknowledge"), Evidence("no-acknowledge", is_injected=True)))
    [raised] = Bench(rules=[Switch(made)]).diagnosis.conclude(0)
    assert isinstance(raised, FindingRaised)
    assert raised.finding.advice == f"{END_FAULTS} If the trouble stays: Press it on."


def test_text_of_a_plugin_in_a_finding_is_escaped() -> None:
    evil = replace(FINDING, sentence="\x1b[2Jgone", evidence=(Evidence("\x07\u202e"),), reading="\x1b]0;x")
    (found,) = Bench(rules=[Switch(evil)]).findings()
    assert (found.sentence, found.reading) == ("\\x1b[2Jgone", "\\x1b]0;x")
    assert found.evidence[0].text == "\\x07\\u202e"


def test_a_symptom_is_left_out_if_its_plugin_has_a_finding_that_explains_it() -> None:
    symptom = Finding("impossible-numbers", "They cannot be.", "Look.", Confidence.LIKELY, plugin="air")
    cause = Finding("never-started", "It sleeps.", "Start it.", Confidence.LIKELY, plugin="air")
    assert Bench(rules=[Switch(symptom)]).kinds() == ["impossible-numbers"]
    assert Bench(rules=[Switch(symptom, cause)]).kinds() == ["never-started"]


def test_a_finding_is_cleared_when_its_rule_has_been_silent_for_a_while() -> None:
    switch = Switch(FINDING)
    bench = Bench(rules=[switch])
    bench.diagnosis.conclude(bench.now_ns)
    switch.findings = ()
    bench.wait(HOLD_NS / 2e9)
    assert bench.diagnosis.conclude(bench.now_ns) == []
    bench.wait(HOLD_NS / 1e9)
    assert bench.diagnosis.conclude(bench.now_ns) == [FindingCleared(bench.now_ns, FINDING)]
    assert bench.diagnosis.findings == ()


def test_a_finding_is_cleared_even_if_the_clock_was_put_back() -> None:
    switch = Switch(FINDING)
    bench = Bench(rules=[switch])
    bench.diagnosis.conclude(bench.now_ns)
    switch.findings = ()
    bench.wait(-86_400)
    assert bench.diagnosis.conclude(bench.now_ns) == [FindingCleared(bench.now_ns, FINDING)]


def test_trouble_of_a_whole_bus_hides_that_of_its_devices() -> None:
    dead = Finding("stuck-bus", "SDA is low.", "Unplug.", Confidence.CERTAIN, bus=BusName("i2c-1"))
    elsewhere = Finding("loose-wire", "Loose.", "Press.", Confidence.LIKELY, bus=BusName("i2c-3"), address=9)
    bench = Bench(rules=[Switch(FINDING, dead, elsewhere)])
    assert bench.findings() == (dead, elsewhere)


def test_trouble_that_a_finding_about_the_bus_explains_is_cleared_at_once() -> None:
    dead = Finding("stuck-bus", "SDA is low.", "Unplug.", Confidence.CERTAIN, bus=BusName("i2c-1"))
    switch = Switch(FINDING)
    bench = Bench(rules=[switch])
    bench.findings()
    switch.findings = (FINDING, dead)
    assert bench.findings() == (dead,)


def test_a_better_explanation_of_a_devices_trouble_replaces_the_earlier_one_at_once() -> None:
    silent = Finding("silent-address", "Silent.", "Scan.", Confidence.CERTAIN, bus=BusName("i2c-1"), address=9)
    other = Finding("loose-wire", "Loose.", "Press.", Confidence.LIKELY, bus=BusName("i2c-1"), address=8)
    switch = Switch(silent, other)
    bench = Bench(rules=[switch])
    bench.findings()
    switch.findings = (FINDING,)
    assert bench.findings() == (other, FINDING)


def test_the_surest_findings_come_first() -> None:
    possible = Finding("slow", "Slow.", "Wait.", Confidence.POSSIBLE)
    certain = Finding("dead", "Dead.", "Replace.", Confidence.CERTAIN)
    assert Bench(rules=[Switch(possible, FINDING, certain)]).findings() == (certain, FINDING, possible)


def test_a_rule_that_fails_is_told_once_and_the_others_go_on() -> None:
    def broken(case: Case) -> Iterator[Finding]:
        raise ZeroDivisionError("no transfers")
        yield

    bench = Bench(rules=[broken, Switch(FINDING)])
    bench.diagnosis.conclude(bench.now_ns)
    bench.diagnosis.conclude(bench.now_ns)
    assert [each.finding for each in bench.raised()] == [FINDING]
    assert bench.defects == ["the rule broken of the diagnosis failed: ZeroDivisionError: no transfers"]
