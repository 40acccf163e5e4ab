"""The diagnosis: what it costs for each transfer and each conclusion, and what a plugin notices of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hostcore.clock import RealClock
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import Diagnosis
from hostcore.diagnosis.diagnostician import Diagnostician
from hostcore.diagnosis.rules import RULES
from hostcore.errors import HostError
from hostcore.events import Event, TransferCompleted
from hostcore.events.facts import ScanMode
from hostcore.events.stream import EventStream
from hostcore.runtime.plugin import Plugin
from hostcore.view.traffic import Traffic
from tests.bench.measure import MICRO, MILLI, Aim, Figure, interleaved, seconds_of
from tests.bench.sandboxed import sandbox_on
from tests.evidence import a_host, a_plugin
from tests.watched import Watched

TITLE = "Diagnosis, behind the stream"
REPETITIONS = 11
CALLS = 300
"""Transfers in one `read`."""
MINUTE = 60.0
DRIVERS = {"bme680": 0x77, "bh1750": 0x23}
CAPACITY = 10_000
"""Events that wait for the diagnosis, as in the host."""
BURST = f"""
from host import i2c

def read():
    for _ in range({CALLS}):
        i2c.transfer(0x77, b"\\xd0", 1, bus=1)
    return {{}}
"""


def figures() -> Iterator[Figure]:
    """The cost of a transfer and of a conclusion, then a plugin's transfers with and without the diagnosis."""
    events = _minute_of_events()
    transfers = [event for event in events if isinstance(event, TransferCompleted)]
    took = interleaved(
        REPETITIONS,
        {"diagnosis": seconds_of(lambda: _case(transfers)), "pane": seconds_of(lambda: _pane(transfers))},
    )
    per_transfer = {name: seconds / len(transfers) for name, seconds in took.items()}
    yield Figure(
        "a transfer as evidence", per_transfer["diagnosis"], MICRO, per_transfer["pane"], "kept for the traffic pane"
    )
    case = _case(events)
    rules = interleaved(REPETITIONS, {"all": seconds_of(lambda: Diagnosis(case, RULES, _fail).conclude(case.now_ns))})
    yield Figure(f"{len(RULES)} rules, twice a second", rules["all"], MILLI, aim=Aim(most=10 * MILLI))
    yield _noticed()


def _minute_of_events() -> Sequence[Event]:
    """What shipped drivers do in a minute."""
    watched = _Recorded()
    for driver, address in DRIVERS.items():
        watched.plug(driver, address)
        watched.drive_shipped(driver)
    watched.run(MINUTE)
    return watched.events


class _Recorded(Watched):
    def __init__(self) -> None:
        self.events: list[Event] = []
        super().__init__(rules=())

    def take(self, event: Event) -> None:
        self.events.append(event)


def _case(events: Sequence[Event]) -> Case:
    case = Case(a_host())
    case.know([a_plugin(name) for name in DRIVERS])
    for event in events:
        case.take(event)
    return case


def _pane(events: Sequence[TransferCompleted]) -> Traffic:
    traffic = Traffic()
    take = traffic.takes()[TransferCompleted]
    for event in events:
        take(event)
    return traffic


def _fail(text: str) -> None:
    raise AssertionError(text)


def _noticed() -> Figure:
    """A plugin's transfers while the diagnosis follows them, and while nobody does."""
    with _plugin(diagnosed=True) as followed, _plugin(diagnosed=False) as alone:
        took = interleaved(REPETITIONS, {"followed": seconds_of(followed.read), "alone": seconds_of(alone.read)})
    per_call = {name: seconds / CALLS for name, seconds in took.items()}
    what = "a plugin's transfer, while the diagnosis follows"
    return Figure(what, per_call["followed"], MICRO, per_call["alone"], "without a diagnosis")


@contextmanager
def _plugin(*, diagnosed: bool) -> Iterator[Plugin]:
    clock = RealClock()
    stream = EventStream(clock)
    subscription = stream.subscribe(capacity=CAPACITY)
    with sandbox_on(clock) as sandbox:
        sandbox.events = _Published(stream.publish)
        plugin = sandbox.load(BURST, "i2c:1:0x77", call_seconds=MINUTE)
        diagnostician = Diagnostician(
            a_host(), lambda: [a_plugin("probe")], scanner=_NoScanner(), stream=stream, subscription=subscription
        )
        if diagnosed:
            diagnostician.start()
        try:
            yield plugin
        finally:
            if diagnosed:
                diagnostician.stop()


class _NoScanner:
    """Nothing is scanned: the address of the plugin answers."""

    def scan(self, bus: int, mode: ScanMode) -> None:
        raise HostError("no scan was expected")

    def identify(self, bus: int, address: int) -> None:
        raise HostError("no scan was expected")


class _Published(list[Event]):
    """Hands the events of a sandbox to a stream."""

    def __init__(self, publish: Callable[[Event], object]) -> None:
        super().__init__()
        self._publish = publish

    def append(self, event: Event) -> None:
        self._publish(event)
