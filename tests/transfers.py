"""Transfers for tests of what is made of them."""

from __future__ import annotations

from hypothesis import strategies as st

from hostcore.backends.base import BackendKind
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.place import BusName

START = 1_704_110_400_000_000_000
"""2024-01-01T12:00:00Z."""
MS = 1_000_000
BUS, OTHER = BusName("i2c-1"), BusName("i2c-3")
BUSES = (
    BusFacts(BUS, BackendKind.LINUX),
    BusFacts(OTHER, BackendKind.SIMULATED),
    BusFacts(BusName("gpio"), BackendKind.LINUX),
)


def transfer(
    *messages: Message,
    at_ms: float = 0,
    bus: BusName = BUS,
    address: int | None = 0x76,
    outcome: Outcome = Outcome.OK,
    detail: str = "",
    asked: tuple[int, ...] = (),
    duration_ns: int = 300_000,
    plugin: str = "bme680",
) -> TransferCompleted:
    """A transfer, some time after `START`."""
    time_ns = START + round(at_ms * MS)
    return TransferCompleted(
        time_ns, plugin, bus, address, messages, outcome, detail, duration_ns, sequence=1, asked=asked
    )


def wrote(*data: int) -> Message:
    return Message(True, bytes(data))


def read(*data: int) -> Message:
    return Message(False, bytes(data))


MESSAGES = st.builds(Message, st.booleans(), st.binary(max_size=6)).filter(lambda each: each.written or each.data)


@st.composite
def any_transfers(draw: st.DrawFn, longest_pause_ms: float = 2_000) -> list[TransferCompleted]:
    """Transfers on two I2C buses in the order of their times: good ones, and some that nobody acknowledged."""
    made = list[TransferCompleted]()
    now = 0.0
    for _ in range(draw(st.integers(0, 8))):
        now += draw(st.floats(0, longest_pause_ms))
        messages = draw(st.lists(MESSAGES, min_size=1, max_size=3))
        is_good = draw(st.booleans())
        made.append(
            transfer(
                *(messages if is_good else [each for each in messages if each.written]),
                at_ms=now,
                bus=draw(st.sampled_from([BUS, OTHER])),
                address=draw(st.integers(0x08, 0x77)),
                outcome=Outcome.OK if is_good else Outcome.NO_ACKNOWLEDGE,
                asked=tuple(len(each.data) for each in messages if not each.written),
                duration_ns=draw(st.integers(0, 50 * MS)),
            )
        )
    return made
