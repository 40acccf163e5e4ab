"""Target: messages of the control socket, in both directions, up to a simulated bus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from hostcore.backends.base import BackendKind
from hostcore.buses.shared import Buses
from hostcore.clock import VirtualClock
from hostcore.control.attachments import Attachment, Attachments
from hostcore.control.client import RunningHost
from hostcore.control.handover import Handover
from hostcore.control.message_lines import answer_line, parse_answer, parse_request, parse_watched, request_line
from hostcore.control.messages import Failure, GrantedPermission, HealthReport, HostReport, ScanReport, TransferReport
from hostcore.control.service import ControlService
from hostcore.control.session_lines import parse_arrived, parse_ask
from hostcore.control.watching import Watch
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import HostError
from hostcore.events import (
    AddressFailures,
    BusHealthMeasured,
    Confidence,
    Finding,
    FindingRaised,
    MachineMeasured,
    Presence,
    Probed,
)
from hostcore.events.backlog import Backlog
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.events.stream import EventStream
from hostcore.kept_state.store import StateStore
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.rates import Trend
from tests.fuzz.mutation import BOUNDARIES, bytes_mutated
from tests.fuzz.target import Check, Target
from tests.sandbox import BUSES, simulated_pi
from tests.scripted_session import ScriptedSession

FACTS = BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)
REPORT = HostReport(7, "/somewhere/host.toml", (FACTS,), ("",), (GrantedPermission("light", "i2c:1:0x23"),))
HEALTH = HealthReport(
    (BusHealthMeasured(1, BusName("i2c-1"), 100_000, None, True, False, 35),),
    MachineMeasured(1),
    (AddressFailures(BusName("i2c-1"), 0x23, 60, 3, 600, 30, Trend.RISING, 1, "no device acknowledged"),),
)
DIAGNOSIS = DiagnosisReport(
    2, 1, (FACTS,), (FindingRaised(2, Finding("x", "It is so.", "Do it.", Confidence.LIKELY), 2),)
)
OPERATIONS: list[Any] = [{"written": "d0", "length": 0}, {"written": None, "length": 4}]
SEEDS: tuple[Any, ...] = (
    {"facts": {}},
    {"transfer": {"bus": 1, "address": 0x77, "operations": OPERATIONS, "force": False}},
    {"scan": {"bus": 1, "mode": "default"}},
    {"health": {}},
    {"recording": {"plugin": "light"}},
    {"attach": {"protocol": 1, "version": "1.0", "run": "", "after": 0}},
    {"id": 1, "request": "order", "with": {"plugin": "light", "order": "stop"}},
    {"id": 8, "request": "relay", "with": {"relay": "fan", "on": True}},
    {"id": 9, "request": "pwm", "with": {"line": 18, "duty": 0.5, "frequency_hz": 50.0}},
    {"id": 10, "request": "leds", "with": {"color": [1, 2, 3], "first": 0, "last": 2}},
    {"id": 2, "request": "grant", "with": {"plugin": "light", "permissions": ["i2c:1:0x23"]}},
    {"sequence": 7, "event": "ReadingPublished", "with": {"time_ns": 1, "plugin": "light", "reading": {"lux": 1.5}}},
    {"plugins": []},
    {"unstick": {"bus": 1}},
    {"diagnosis": {"with_traces": True}},
    *(
        json.loads(answer_line(each))
        for each in (REPORT, HEALTH, DIAGNOSIS, TransferReport((b"\1\2",)), Failure("BusFaultError", "stuck"))
    ),
    json.loads(answer_line(ScanReport((Probed(0x23, Presence.PRESENT, ""),)))),
)
ODD: tuple[Any, ...] = (
    *(sign * (number + step) for number in BOUNDARIES for sign in (1, -1) for step in (-1, 0, 1)),
    *(
        None,
        True,
        False,
        "",
        "d",
        "0g",
        "ff" * 5000,
        "\ud800",
        "\x1b[2J",
        [],
        {},
        1.5,
        1e308,
        float("nan"),
        float("inf"),
    ),
)


def make(chance: Random) -> bytes:
    """A line."""
    message = changed(chance, chance.choice(SEEDS), 0.3)
    line = json.dumps(message).encode()
    if chance.random() < 0.02:
        depth = chance.choice((10, 900, 100_000))
        return b'{"transfer":' + b"[" * depth + b"]" * depth + b"}"
    return bytes_mutated(chance, line) if chance.random() < 0.4 else line


def changed(chance: Random, value: Any, rate: float) -> Any:
    """A copy of JSON in which some values are odd, missing or repeated."""
    if chance.random() < rate / 2:
        return chance.choice(ODD)
    if isinstance(value, dict):
        items = [(key, changed(chance, each, rate)) for key, each in value.items() if chance.random() > rate / 8]
        return dict([*items, *([("extra", chance.choice(ODD))] if chance.random() < rate / 8 else [])])
    if isinstance(value, list):
        times = chance.choice((1, 1, 1, 1, 2, 40))
        return [changed(chance, each, rate) for each in value * times]
    return value


@contextmanager
def ready(folder: Path) -> Iterator[Check]:
    """The service of a host with a simulated Pi."""
    clock = VirtualClock()
    buses = Buses(dict.fromkeys(BUSES, simulated_pi(clock)), clock)
    service = ControlService(
        folder / "host.toml",
        buses,
        facts=[FACTS],
        grants=lambda: [("light", parse_permission("i2c:1:0x23"))],
        scan=scan,
        health=lambda: HEALTH,
        diagnosis=lambda _with_traces: DIAGNOSIS,
        states=StateStore(None, clock, publish=lambda _event: None, warn=lambda _text: None),
        recording=lambda _plugin: b"",
        stream=EventStream(clock),
        attachments=Attachments(ScriptedSession(), Backlog(), clock=clock, warn=lambda _text: None),
    )

    def check(line: bytes) -> None:
        _as_request(service, line)
        _as_answer(line)

    yield check
    buses.close()


def scan(bus: int, mode: ScanMode) -> tuple[Probed, ...]:
    """A scan that finds one chip on the only bus."""
    if bus != 1:
        raise HostError(f"i2c-{bus} is not in host.toml")
    return (Probed(0x23, Presence.PRESENT, str(mode)),)


def _as_request(service: ControlService, line: bytes) -> None:
    """As `hostcore.control.server` does with a line that it has received."""
    try:
        request = parse_request(line)
    except ValueError as error:
        answer_line(Failure("HostError", f"not a request: {error}"))
        return
    assert parse_request(request_line(request)[:-1]) == request
    try:
        answer = service.answer(request)
        if isinstance(answer, Watch | Attachment):
            answer.close()
            return
        if isinstance(answer, Handover):
            return
        sent = answer_line(answer)
    except (HostError, OSError) as error:
        sent = answer_line(Failure(type(error).__name__, str(error)))
    assert sent.count(b"\n") == 1


def _as_answer(line: bytes) -> None:
    """As a command does with a line from something that listens where a host should."""
    for kind in (HostReport, TransferReport, ScanReport):
        with suppress(ValueError, HostError):
            report = parse_answer(line, kind)
            if isinstance(report, HostReport):
                host = RunningHost(report, Path("socket"))
                list(host.grants())
                host.has(Path("host.toml"), FACTS)
    for parse in (parse_watched, parse_ask, parse_arrived):
        with suppress(ValueError):
            parse(line)


TARGET = Target("messages", 20, make, ready, batch=2000)
