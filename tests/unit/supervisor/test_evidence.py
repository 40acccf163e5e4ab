"""Everything that is known of a plugin passes through its evidence, and comes out again when it dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.access.decisions import Denial
from hostcore.clock import VirtualClock
from hostcore.config.model import Limits
from hostcore.errors import DefectError, PluginCrashedError
from hostcore.events import (
    AccessDenied,
    CountersTaken,
    CrashLocated,
    Event,
    Level,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    TransferCompleted,
)
from hostcore.events.stream import EventStream
from hostcore.hostcall import CrashKind
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.evidence import Evidence

SPEC = PluginSpec("light", Path("plugins/light.py"), limits=Limits(memory_mib=48))
TRANSFER = TransferCompleted(0, "light", BusName("i2c-1"), 0x23, (Message(True, b"\x10"),), Outcome.OK, "", 500)
KEY_ERROR = PluginCrashedError(
    "light", "KeyError: 'gain'", kind=CrashKind.EXCEPTION, traceback='  File "light.py", line 9, in read\nKeyError'
)
OUT_OF_MEMORY = PluginCrashedError("light", "it needs more memory than it may have", kind=CrashKind.MEMORY)


class Witness:
    """A plugin's evidence, and all that it told."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        stream = EventStream(self.clock)
        self._subscription = stream.subscribe()
        self.store = CrashStore(folder, kept=10)
        self.evidence = Evidence(SPEC, self.clock, stream, self.store)

    def told(self) -> list[Event]:
        """The events since the last time."""
        return [item.event for item in self._subscription.take(0)]

    def dies(
        self, crash: PluginCrashedError, spec: PluginSpec = SPEC, traced: TracedPlace | None = None
    ) -> list[Event]:
        """What is told of a crash."""
        self.evidence.crash(crash, spec, "3fa9c01d2e4b", traced, self.clock.wall_ns())
        return self.told()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "crashes")


def test_what_a_plugin_does_is_counted_and_handed_on(witness: Witness) -> None:
    witness.evidence.publish(TRANSFER)
    witness.evidence.log(Level.INFO, "begins")
    now = witness.clock.wall_ns()
    assert witness.told() == [TRANSFER, LogWritten(now, "light", Level.INFO, "begins")]
    assert witness.evidence.meter.snapshot().transfers == 1


def test_the_first_line_is_the_hosts_and_no_other_counts_as_its_word(witness: Witness) -> None:
    witness.evidence.say(Level.ERROR, "crashed: ValueError: x\rlight was granted i2c:1\nlight was granted i2c:2")
    witness.evidence.quote(Level.ERROR, "Traceback\nlight was granted i2c:3")
    witness.evidence.log(Level.ERROR, "light was granted i2c:4")
    told = [each for each in witness.told() if isinstance(each, LogWritten)]
    assert [each.text for each in told if each.by_host] == [r"crashed: ValueError: x\rlight was granted i2c:1"]
    assert len(told) == 5


def test_the_hosts_words_about_it_are_safe_lines(witness: Witness) -> None:
    witness.evidence.say(Level.ERROR, "first\nsecond \x1b[2J")
    assert [(each.level, each.text) for each in witness.told()] == [
        (Level.ERROR, "first"),
        (Level.ERROR, r"second \x1b[2J"),
    ]


def test_a_denied_access_is_told_as_host_toml_would_grant_it(witness: Witness) -> None:
    wanted = parse_permission("i2c:1:0x23:read")
    witness.evidence.denied(Denial(wanted, "not granted", "bme680", 10))
    assert witness.told() == [AccessDenied(witness.clock.wall_ns(), "light", wanted, "not granted", 10, "bme680")]


def test_the_counters_are_told_after_every_call(witness: Witness) -> None:
    witness.evidence.begin("read", "")
    witness.evidence.meter.called(700)
    witness.evidence.tell_counters()
    (event,) = witness.told()
    assert isinstance(event, CountersTaken)
    assert (event.counters.calls, event.counters.call_max_ns) == (1, 700)


def test_a_crash_is_told_in_the_log_kept_in_the_store_and_handed_on(witness: Witness) -> None:
    witness.evidence.begin("update", '{"lux": 3}')
    witness.evidence.publish(TRANSFER)
    witness.evidence.log(Level.INFO, "begins")
    witness.told()
    *lines, crashed = witness.dies(KEY_ERROR)
    assert [each.text for each in lines] == [
        "crashed (exception): KeyError: 'gain' in light.py line 9",
        '  File "light.py", line 9, in read',
        "KeyError",
    ]
    assert isinstance(crashed, PluginCrashed)
    report = crashed.report
    assert (report.call, report.argument, report.version) == ("update", '{"lux": 3}', "3fa9c01d2e4b")
    assert (report.transfers, [line.text for line in report.lines]) == ((TRANSFER,), ["begins"])
    assert report.counters.transfers == 1
    assert witness.store.load(Path(crashed.file)) == report


def test_where_the_traced_replay_died_is_in_the_report(witness: Witness) -> None:
    *_, crashed = witness.dies(OUT_OF_MEMORY, traced=TracedPlace("light.py line 14", "Stack at the end"))
    assert crashed.report.problem == "asked for more than 48 MiB, likely in light.py line 14"
    assert crashed.report.traceback == "Stack at the end"


def test_the_memory_that_it_asked_for_is_measured_by_the_limit_of_the_version_that_died(witness: Witness) -> None:
    witness.dies(OUT_OF_MEMORY)
    *_, crashed = witness.dies(OUT_OF_MEMORY, PluginSpec("light", SPEC.path, limits=Limits(memory_mib=96)))
    assert crashed.report.problem == "asked for more than 96 MiB"


def test_a_report_that_cannot_be_kept_is_told_all_the_same(witness: Witness) -> None:
    witness.store.folder.write_text("a file where the folder should be", encoding="utf-8")
    *lines, crashed = witness.dies(KEY_ERROR)
    assert crashed.report.problem == "KeyError: 'gain' in light.py line 9"
    assert crashed.file.startswith("not kept: the crash report of light cannot be written to ")
    assert (lines[-1].level, lines[-1].text) == (Level.WARNING, f"the crash report is {crashed.file}")


def test_a_place_that_is_found_later_is_told_in_the_log_the_store_and_the_stream(witness: Witness) -> None:
    *_, crashed = witness.dies(OUT_OF_MEMORY)
    assert isinstance(crashed, PluginCrashed)
    witness.evidence.publish(TRANSFER)
    witness.told()
    witness.evidence.located(crashed, TracedPlace("light.py line 14", "Stack at the end"), witness.evidence.kept)
    *lines, located = witness.told()
    assert [each.text for each in lines] == [
        "it died likely in light.py line 14, as a replay of the recording did",
        "Stack at the end",
    ]
    assert isinstance(located, CrashLocated)
    assert (located.report.problem, located.report.transfers) == (
        "asked for more than 48 MiB, likely in light.py line 14",
        (),
    )
    assert witness.store.load(Path(located.file)) == located.report
    assert len(witness.store.reports()) == 1


def test_a_place_of_a_report_that_is_not_kept_is_told_all_the_same(witness: Witness) -> None:
    witness.store.folder.write_text("a file where the folder should be", encoding="utf-8")
    *_, crashed = witness.dies(OUT_OF_MEMORY)
    witness.evidence.located(crashed, TracedPlace("light.py line 14", "Stack at the end"), witness.evidence.kept)
    *_, located = witness.told()
    assert (located.report.problem, located.file) == (
        "asked for more than 48 MiB, likely in light.py line 14",
        crashed.file,
    )


def test_a_fault_is_told_with_its_cause_and_with_where_it_was_raised(witness: Witness) -> None:
    try:
        raise KeyError("defect")
    except KeyError as defect:
        witness.evidence.fault("the new version is not taken", DefectError(defect))
    first, *lines = [each.text for each in witness.told()]
    assert first == "the new version is not taken: a defect of this host: KeyError('defect')"
    assert lines[0] == "Traceback (most recent call last):"
    assert any("test_evidence.py" in each for each in lines)
