"""What a running host does for commands: every request ends, as a report or as an error in one line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.backends.base import BackendKind
from hostcore.backends.i2c import IDLE
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.shared import Buses
from hostcore.clock import VirtualClock
from hostcore.control import service as control_service
from hostcore.control.attachments import Attachments
from hostcore.control.handover import Handover, received
from hostcore.control.message_lines import answer_line
from hostcore.control.messages import (
    DiagnosisRequest,
    FactsRequest,
    GrantedPermission,
    HealthReport,
    HealthRequest,
    HostReport,
    KeptStateReport,
    KeptStateRequest,
    Operation,
    RecordingReport,
    RecordingRequest,
    TransferReport,
    TransferRequest,
    UnstickReport,
    UnstickRequest,
)
from hostcore.control.service import NAME, ControlService
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import AccessDeniedError, BusTimeoutError, HostError, UnsupportedError
from hostcore.events import AddressFailures, BusHealthMeasured, Event, MachineMeasured, Outcome, TransferCompleted
from hostcore.events.backlog import Backlog
from hostcore.events.facts import BusFacts
from hostcore.events.stream import EventStream
from hostcore.kept_state.state import KeptValue
from hostcore.kept_state.store import StateStore
from hostcore.permissions import parse_permission
from hostcore.place import BusName, Place
from hostcore.rates import Trend
from tests.sandbox import BUSES, simulated_pi
from tests.scripted_session import ScriptedSession

HEALTH = HealthReport(
    (BusHealthMeasured(1, BusName("i2c-1"), 100_000, None, True, False, 35),),
    MachineMeasured(1),
    (AddressFailures(BusName("i2c-1"), 0x23, 60, 3, 600, 30, Trend.RISING, 1, "no device acknowledged"),),
)
DIAGNOSIS = DiagnosisReport(1, 0, ())
CHIP_ID = (Operation(b"\xd0"), Operation(None, 1))
OPERATIONS = st.builds(Operation, st.none() | st.binary(max_size=5), st.integers())


class Desk:
    """A service on a simulated Pi where a plugin `light` may use 0x23."""

    def __init__(self) -> None:
        clock = VirtualClock()
        self.buses = Buses(dict.fromkeys(BUSES, simulated_pi(clock)), clock)
        stream = EventStream(clock)
        self.states = StateStore(None, clock, publish=lambda _event: None, warn=lambda _text: None)
        self._events = stream.subscribe()
        self.service = ControlService(
            Path("/somewhere/host.toml"),
            self.buses,
            facts=[BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)],
            grants=lambda: [("light", parse_permission("i2c:1:0x23:read"))],
            scan=lambda _bus, _mode: (),
            health=lambda: HEALTH,
            diagnosis=lambda with_traces: replace(DIAGNOSIS, time_ns=2 if with_traces else 1),
            states=self.states,
            recording=lambda plugin: f"recording of {plugin}".encode(),
            stream=stream,
            attachments=Attachments(ScriptedSession(), Backlog(), clock=clock, warn=lambda _text: None),
        )

    def transfer(self, bus: int, address: int, *operations: Operation, force: bool = False) -> tuple[bytes, ...]:
        report = self.service.answer(TransferRequest(bus, address, operations, force))
        assert isinstance(report, TransferReport)
        return report.received

    def told(self) -> list[Event]:
        """The events since the last look."""
        return [item.event for item in self._events.take(0)]

    def last(self) -> TransferCompleted:
        told = self.told()[-1]
        assert isinstance(told, TransferCompleted)
        return told


def test_it_says_who_it_is_and_what_its_plugins_may_use() -> None:
    report = Desk().service.answer(FactsRequest())
    assert isinstance(report, HostReport)
    assert (report.config, report.buses) == (
        "/somewhere/host.toml",
        (BusFacts(BusName("i2c-1"), BackendKind.SIMULATED),),
    )
    assert (report.nodes, report.grants) == (("",), (GrantedPermission("light", "i2c:1:0x23:read"),))


def test_what_plugins_keep_is_told_and_cleared() -> None:
    desk = Desk()
    desk.states.of("light").save('{"n":1}')
    kept = (KeptValue("light", 7, None, is_on_disk=False),)
    assert desk.service.answer(KeptStateRequest()) == KeptStateReport(kept)
    assert desk.service.answer(KeptStateRequest("light")) == KeptStateReport(kept, '{"n":1}')
    assert desk.service.answer(KeptStateRequest("light", clears=True)) == KeptStateReport(())


def test_a_recording_is_handed_over_whole() -> None:
    host, command = socket.socketpair()
    with host, command:
        handover = Desk().service.answer(RecordingRequest("light"))
        assert isinstance(handover, Handover)
        handover.send(host)
        assert received(command, "light") == b"recording of light"


def test_a_recording_that_ends_early_or_is_too_large_is_no_recording() -> None:
    for size, words in ((9, "ends after 4 of 9 bytes"), (1 << 40, "up to 268,435,456 are read"), (-1, "are read")):
        host, command = socket.socketpair()
        with command:
            host.sendall(answer_line(RecordingReport(size)) + b"part")
            host.shutdown(socket.SHUT_WR)
            with pytest.raises(ValueError, match=words):
                received(command, "light")
            host.close()


def test_a_transfer_is_done_and_told() -> None:
    desk = Desk()
    assert desk.transfer(1, 0x77, *CHIP_ID) == (b"\x61",)
    told = desk.last()
    assert (told.plugin, told.outcome) == (NAME, Outcome.OK)


def test_what_a_plugin_may_use_is_refused_unless_forced() -> None:
    desk = Desk()
    with pytest.raises(AccessDeniedError, match=r"light \(permissions in /somewhere"):
        desk.transfer(1, 0x23, Operation(None, 1))
    assert desk.told() == [], "nothing went over the wires"
    assert len(desk.transfer(1, 0x23, Operation(None, 1), force=True)) == 1


@pytest.mark.parametrize(
    ("bus", "address", "operations", "problem"),
    [
        (9, 0x77, CHIP_ID, "i2c-9 is not in host.toml"),
        (-1, 0x77, CHIP_ID, "i2c:BUS:ADDRESS"),
        (1, 0x178, CHIP_ID, "0x08 to 0x77"),
        (1, 0x77, (), "0 operations"),
        (1, 0x77, (Operation(None, 8192), Operation(None, 8192)), "16384 bytes in one transaction"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    bus: int, address: int, operations: tuple[Operation, ...], problem: str
) -> None:
    with pytest.raises(UnsupportedError) as refused:
        Desk().transfer(bus, address, *operations)
    assert problem in str(refused.value)


@settings(deadline=None)
@given(st.integers(), st.integers(), st.lists(OPERATIONS, max_size=50))
def test_no_request_ends_in_anything_but_a_report_or_an_error(
    bus: int, address: int, operations: list[Operation]
) -> None:
    try:
        Desk().transfer(bus, address, *operations, force=True)
    except HostError as error:
        assert "\n" not in str(error)


class Watched(TimeLimit):
    """Tells when it is looked at: somebody waits for a bus."""

    looked_at = threading.Event()

    def check(self) -> None:
        self.looked_at.set()
        super().check()


@pytest.mark.parametrize(
    ("end", "kind", "text"),
    [
        (lambda desk: desk.service.stop(), HostError, "the running host is stopping"),
        (lambda desk: desk.buses.clock.advance(11.0), BusTimeoutError, "the bus was not free within 10 s"),
    ],
)
def test_a_transfer_that_waits_for_the_bus_ends_with_the_host_or_with_its_patience(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[Desk], None], kind: type[HostError], text: str
) -> None:
    desk = Desk()
    monkeypatch.setattr(control_service, "TimeLimit", Watched)
    Watched.looked_at.clear()
    with ThreadPoolExecutor(1) as pool, desk.buses.held(Place(BusName("i2c-1"))):
        waiting = pool.submit(desk.transfer, 1, 0x77, *CHIP_ID)
        assert Watched.looked_at.wait(10)
        end(desk)
        with pytest.raises(kind, match=text):
            waiting.result(10)


def test_a_host_that_ends_begins_nothing_new() -> None:
    desk = Desk()
    desk.service.stop()
    with pytest.raises(HostError, match="the running host is stopping"):
        desk.transfer(1, 0x77, *CHIP_ID)


def test_the_health_of_the_buses_is_told_as_the_host_knows_it() -> None:
    assert Desk().service.answer(HealthRequest()) == HEALTH


def test_a_bus_is_freed_while_no_plugin_uses_it() -> None:
    report = Desk().service.answer(UnstickRequest(1))
    assert isinstance(report, UnstickReport)
    assert (report.recovery.after, report.recovery.clocks) == (IDLE, 0)


def test_a_bus_that_does_not_exist_cannot_be_freed() -> None:
    with pytest.raises(UnsupportedError, match=r"i2c-9 is not in host\.toml"):
        Desk().service.answer(UnstickRequest(9))


def test_the_diagnosis_is_told_with_its_evidence_only_if_it_is_asked_for() -> None:
    service = Desk().service
    assert service.answer(DiagnosisRequest()) == DIAGNOSIS
    assert service.answer(DiagnosisRequest(with_traces=True)) == replace(DIAGNOSIS, time_ns=2)
