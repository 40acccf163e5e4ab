"""The diagnosis behind the stream: its findings are events, and what it cannot judge any more it takes back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from hostcore.clock import RealClock
from hostcore.diagnosis.diagnostician import Diagnostician
from hostcore.errors import HostError
from hostcore.events import (
    Event,
    FindingCleared,
    FindingRaised,
    LogWritten,
    MachineMeasured,
    Outcome,
    TransferCompleted,
)
from hostcore.events.facts import PluginFacts, ScanMode
from hostcore.events.stream import EventStream
from hostcore.place import BusName
from tests.evidence import a_host, a_plugin
from tests.waiting import until

E = TypeVar("E", bound=Event)
UNDERVOLTAGE = MachineMeasured(1, True, True)
SOME_TRANSFER = TransferCompleted(1, "air", BusName("i2c-1"), 0x77, (), Outcome.OK, "", 1)


class NoScanner:
    def scan(self, bus: int, mode: ScanMode) -> None:
        raise HostError("no scan was expected")

    def identify(self, bus: int, address: int) -> None:
        raise HostError("no scan was expected")


class Ward:
    """A diagnosis at work, and its events."""

    def __init__(self, plugins: Callable[[], list[PluginFacts]] = lambda: [a_plugin("air", "i2c:1:0x77")]) -> None:
        self.stream = EventStream(RealClock())
        self.events = self.stream.subscribe(FindingRaised, FindingCleared, LogWritten)
        self.diagnostician = Diagnostician(
            a_host(),
            plugins,
            scanner=NoScanner(),
            stream=self.stream,
            subscription=self.stream.subscribe(),
        )
        self.diagnostician.start()

        self._taken: deque[Event] = deque()

    def wait_for(self, kind: type[E]) -> E:
        """Return the next event of a kind."""
        while True:
            if not self._taken:
                self._taken.extend(each.event for each in self.events.take(10))
                assert self._taken, f"no {kind.__name__} came"
            if isinstance(event := self._taken.popleft(), kind):
                return event


@pytest.fixture
def ward() -> Iterator[Ward]:
    made = Ward()
    yield made
    assert made.diagnostician.stop()


def test_a_finding_is_published_and_written_to_the_log(ward: Ward) -> None:
    ward.stream.publish(UNDERVOLTAGE)
    raised = ward.wait_for(FindingRaised)
    assert raised.finding.kind == "undervoltage"
    assert [each.finding.kind for each in ward.diagnostician.report(with_traces=False).findings] == ["undervoltage"]


def test_after_a_defect_it_takes_its_findings_back_and_says_so(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.stream.publish(UNDERVOLTAGE)
    ward.wait_for(FindingRaised)
    monkeypatch.setattr("hostcore.diagnosis.records.DeviceRecord.take", _fail)
    ward.stream.publish(SOME_TRANSFER)
    assert ward.wait_for(FindingCleared)
    ended = ward.wait_for(FindingRaised).finding
    assert ended.kind == "diagnosis-ended" and "KeyError" in ended.sentence
    assert "The diagnosis has ended" in ward.wait_for(LogWritten).text
    with pytest.raises(HostError, match="the diagnosis has ended"):
        ward.diagnostician.report(with_traces=False)


def test_a_stop_waits_for_the_step_that_it_is_at_and_ends_it_before_the_next() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly() -> list[PluginFacts]:
        asked.set()
        assert go_on.wait(10)
        return []

    ward = Ward(slowly)
    ward.stream.publish(UNDERVOLTAGE)
    assert asked.wait(10)
    with ThreadPoolExecutor() as pool:
        stopped = pool.submit(ward.diagnostician.stop)
        until(ward.diagnostician._stopping.is_set, 10)
        go_on.set()
        assert stopped.result(10)
    assert not ward.events.take(0), "nobody asked for a finding any more"


def _fail(*_arguments: object) -> None:
    raise KeyError("a defect")
