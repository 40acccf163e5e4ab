"""Whatever happens, in whatever order: each reading is confirmed, waits, or is counted as dropped."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hostcore.clock import NS_PER_S
from hostcore.mqtt.readings.outbox import OutboxSettings
from tests.accepting_broker import id_of
from tests.unit.mqtt.outbox_bench import Bench

PER_SECOND = 7


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(OutboxSettings(most_bytes=8_000, per_second=PER_SECOND))
        self.begin()

    def begin(self) -> None:
        self.read = {f"{each[0]}-{each[1]}" for each in self.bench.copy}
        self.bench.broker.late_ns.clear()
        self.refused: set[str] = set()

    @rule(plugin=st.sampled_from(["bh1750", "bme680", "dht22"]), size=st.sampled_from([1, 100, 1500]))
    def a_driver_reads(self, plugin: str, size: int) -> None:
        self.bench.read(plugin, text="x" * size)
        self.read.add(f"{self.bench.run}-{self.bench.outbox._number}")

    @rule(seconds=st.floats(0, 20))
    def time_passes(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)

    @rule()
    def what_may_be_sent_is_sent(self) -> None:
        self.bench.send()

    @rule(most=st.integers(1, 10))
    def the_broker_confirms(self, most: int) -> None:
        self.bench.confirm(most)

    @rule()
    def the_broker_refuses(self) -> None:
        self.refused |= {id_of(each) for _, each in self.bench.broker.unconfirmed}
        self.bench.refuse("it is full")

    @rule()
    def the_connection_is_lost(self) -> None:
        self.bench.lose()

    @rule()
    def the_connection_is_made(self) -> None:
        if not self.bench.broker.is_there:
            self.bench.broker.is_there = True

    @rule(is_busy=st.booleans())
    def there_is_room_or_not(self, is_busy: bool) -> None:
        self.bench.broker.is_busy = is_busy

    @rule(is_last=st.booleans())
    def the_history_writes(self, is_last: bool) -> None:
        self.bench.write_copy(is_last=is_last)

    @rule()
    def the_history_fails(self) -> None:
        self.bench.outbox.changes(is_last=False)

    @rule()
    def the_file_is_lost(self) -> None:
        self.bench.copy.clear()
        self.bench.outbox.forget_copy()

    @rule()
    def the_host_starts_again(self) -> None:
        self.bench.write_copy(is_last=True)
        waiting = self.bench.outbox.waiting
        assert len(self.bench.copy) == waiting
        self.bench.restart()
        self.begin()

    @invariant()
    def nothing_is_lost_unseen(self) -> None:
        outbox = self.bench.outbox
        missing = self.read - set(self.bench.broker.ids())
        assert len(missing) <= outbox.waiting + outbox.dropped

    @invariant()
    def memory_is_bounded(self) -> None:
        under_way = sum(each.bytes for each in self.bench.outbox._in_flight.values())
        assert self.bench.outbox._waiting.bytes <= max(8_000, under_way)

    @invariant()
    def the_rate_is_kept(self) -> None:
        late = self.bench.broker.late_ns[-50:]
        for first, begun in enumerate(late):
            for last in range(first, len(late)):
                seconds = (late[last] - begun) / NS_PER_S
                assert last - first + 1 <= PER_SECOND * seconds + 1.001

    @invariant()
    def late_ones_come_in_their_order(self) -> None:
        late = [identity.partition("-") for identity in self.bench.broker.ids(late=True)]
        orders = [(run, int(number)) for run, _, number in late]
        seen_before = {(run, int(number)) for run, _, number in map(split, self.bench.broker.ids(late=False))}
        new = [each for each in orders if each not in seen_before and f"{each[0]}-{each[1]}" not in self.refused]
        assert new == sorted(new)

    def teardown(self) -> None:
        self.bench.broker.is_busy = False
        self.bench.broker.is_there = True
        self.bench.send_all()
        assert len(self.read - set(self.bench.broker.ids())) <= self.bench.outbox.dropped
        self.bench.write_copy(is_last=True)
        assert self.bench.copy == {}


def split(identity: str) -> tuple[str, str, str]:
    return identity.partition("-")


TestAnyOrder = Machine.TestCase
TestAnyOrder.settings = settings(stateful_step_count=40, deadline=None)
