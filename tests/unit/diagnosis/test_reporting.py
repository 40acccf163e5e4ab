"""The report of a diagnosis: findings, what was not looked at, and evidence that fits into one line to a command."""

from __future__ import annotations

from dataclasses import replace

from hostcore.control.message_lines import LONGEST_LINE, answer_line, parse_answer
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.report import DiagnosisReport, Traces, Unseen
from hostcore.diagnosis.reporting import report_on
from hostcore.events import Confidence, EventsDropped, Evidence, Finding, Level, LogWritten, State, StateChanged
from tests.evidence import START_NS, Bench, a_host, a_plugin

AIR, LIGHT = a_plugin("air", "i2c:1:0x77"), a_plugin("light", "i2c:1:0x23")


def report(bench: Bench, *, with_traces: bool = False) -> DiagnosisReport:
    bench.findings()
    return report_on(bench.case, bench.raised(), with_traces=with_traces)


def unseen(bench: Bench) -> list[tuple[Unseen, str]]:
    return [(each.kind, each.plugin or str(each.bus or "")) for each in report(bench).not_looked_at]


def test_it_tells_the_findings_and_whether_the_host_is_simulated() -> None:
    bench = Bench(AIR, facts=a_host(real=False))
    for _ in range(3):
        bench.silence("air", 0x77)
    bench.wait(11)
    told = report(bench)
    assert [each.finding.kind for each in told.findings] == ["silent-address"]
    assert told.simulated == ("i2c-1", "gpio", "spi-0")
    assert (told.time_ns - told.started_ns) / 1e9 == 11


def test_a_bus_that_nobody_scanned_was_not_looked_at() -> None:
    bench = Bench(AIR)
    assert unseen(bench) == [(Unseen.NOT_SCANNED, "i2c-1")]
    bench.scan([0x77])
    assert unseen(bench) == []


def test_a_plugin_that_does_not_run_was_not_looked_at() -> None:
    bench = Bench(AIR, LIGHT)
    bench.scan([0x77, 0x23])
    bench.take(StateChanged(START_NS, "light", State.RUNNING, State.STOPPED, "stopped by a person"))
    assert unseen(bench) == [(Unseen.NOT_RUN, "light")]


def test_a_plugin_that_crashed_is_told_as_such() -> None:
    bench = Bench(AIR)
    bench.scan([0x77])
    assert not report(bench).has_crashes
    bench.take(StateChanged(START_NS, "air", State.RUNNING, State.BACKOFF, "KeyError: 'gain' in air.py line 9"))
    assert unseen(bench) == [(Unseen.CRASHED, "air")]
    assert report(bench).has_crashes


def test_a_bus_that_cannot_be_used_was_not_looked_at() -> None:
    facts = a_host("i2c-1")
    bench = Bench(facts=replace(facts, buses=(replace(facts.buses[0], is_usable=False, reason="not enabled"),)))
    assert unseen(bench) == [(Unseen.MISSING, "i2c-1")]


def test_lost_evidence_is_told() -> None:
    bench = Bench()
    bench.scan([])
    bench.take(EventsDropped(START_NS, 7))
    assert unseen(bench) == [(Unseen.EVIDENCE_LOST, "")]


def test_the_newest_evidence_is_told_in_order_only_when_asked_for() -> None:
    bench = Bench(AIR, LIGHT)
    for plugin, address in (("air", 0x77), ("light", 0x23), ("air", 0x77)):
        bench.wait(1)
        bench.transfer(plugin, address, "d0", "61")
    bench.take(LogWritten(START_NS, "host", Level.INFO, "hello", by_host=True))
    assert report(bench).traces == Traces()
    traces = report(bench, with_traces=True).traces
    assert [each.plugin for each in traces.transfers] == ["air", "light", "air"]
    assert [each.text for each in traces.lines] == ["hello"]


def talk(case: Case) -> list[Finding]:
    """A rule that has all too much to say."""
    long, evidence = "x" * 5000, (Evidence("y" * 5000, START_NS),) * 20
    return [Finding(f"kind-{number}", long, long, Confidence.CERTAIN, evidence) for number in range(100)]


def test_however_much_happened_it_fits_into_one_line_and_arrives_as_it_was() -> None:
    others = [a_plugin(f"plugin-{number}") for number in range(30)]
    bench = Bench(AIR, *others, rules=[talk])
    for each in others:
        bench.take(StateChanged(START_NS, each.name, State.RUNNING, State.QUARANTINED, "\u20ac" * 2000))
    for address in range(0x08, 0x78):
        for _ in range(64):
            bench.transfer("air", address, "00" * 500, "ff" * 500)
    for _ in range(400):
        bench.take(LogWritten(START_NS, "air", Level.ERROR, "\u20ac" * 2000))
    bench.scan(range(0x08, 0x78))
    for address in range(0x08, 0x78):
        bench.identified(address, "BME680")
    told = report(bench, with_traces=True)
    line = answer_line(told)
    assert len(line) < LONGEST_LINE
    assert len(told.traces.transfers) > 100
    assert parse_answer(line[:-1], DiagnosisReport) == told
