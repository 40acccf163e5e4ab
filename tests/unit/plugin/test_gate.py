"""The gate: each effect of a plugin is permitted, waits its turn, and is told once, also if it fails."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access
from hostcore.backends.base import BackendKind, Edge
from hostcore.backends.spi import SpiSettings
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.effects import Asked, Done
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import AccessDeniedError, BusError, BusFaultError, NoAcknowledgeError, UnsupportedError
from hostcore.events import Event, Message, Outcome, TransferCompleted
from hostcore.hostcall import Trap
from hostcore.permissions import I2cPermission, Permission
from hostcore.place import BusName, Place
from hostcore.plugin.gate import Gate, host_gate
from hostcore.plugin.kit import Kit
from tests.sandbox import BUSES, simulated_pi

LIGHT = Place(BusName.i2c(1), 0x23)
SENT, RECEIVED = Message(True, b"\x10"), Message(False, b"\x01\x02")


def granted() -> Permission:
    return I2cPermission(1, 0x23, 0x23)


def refused() -> Permission:
    return I2cPermission(1, 0x24, 0x24)


def impossible() -> Permission:
    raise ValueError("0 operations; 1 to 42")


class Bench:
    """A gate that may reach 0x23, and what passed it."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.buses = Buses(dict.fromkeys(BUSES, simulated_pi(self.clock)), self.clock)
        self.told: list[Event] = []
        self.share = BusShare(0.5, self.clock.monotonic_ns())
        self.stood_still_ns = 0
        self.limit = TimeLimit(self.clock, 600.0, stood_still=lambda: self.stood_still_ns)
        self.limit.begin()
        kit = Kit(Access("light", [I2cPermission(1, 0x23, 0x23)]), self.share, self.limit, self.told.append)
        self.gate = Gate(self.buses, "light", kit)

    def perform(
        self,
        action: Callable[[object], Done[str]] = lambda _device: Done("done", (SENT, RECEIVED)),
        wanted: Callable[[], Permission] | None = granted,
        asked: Asked = Asked((SENT,), (2,)),  # noqa: B008 - a tuple
    ) -> str:
        return self.gate.perform(LIGHT, wanted, self.buses.i2c_bus, action, asked)

    def last(self) -> TransferCompleted:
        event = self.told[-1]
        assert isinstance(event, TransferCompleted)
        return event


def failing(error: BaseException) -> Callable[[object], Done[str]]:
    def fail(_device: object) -> Done[str]:
        raise error

    return fail


class TestAnEffectThatIsDone:
    def test_returns_its_result_and_is_told_with_all_that_is_known(self) -> None:
        bench = Bench()

        def take_a_second(_device: object) -> Done[str]:
            bench.clock.advance(1)
            return Done("lux", (SENT, RECEIVED), (Edge(5, True),))

        assert bench.perform(take_a_second, asked=Asked((SENT,), (2,), SpiSettings(1000, 3))) == "lux"
        assert bench.told == [
            TransferCompleted(
                bench.clock.wall_ns() - NS_PER_S,
                "light",
                BusName("i2c-1"),
                0x23,
                (SENT, RECEIVED),
                Outcome.OK,
                "",
                NS_PER_S,
                0,
                sequence=1,
                asked=(2,),
                spi=SpiSettings(1000, 3),
                edges=(Edge(5, True),),
                is_simulated=True,
            )
        ]

    def test_has_its_line_told_and_so_has_what_goes_on_in_the_background(self) -> None:
        bench = Bench()
        bench.gate.source_line = 14
        bench.perform()
        background = bench.gate.in_background()
        bench.gate.source_line = 0
        bench.perform()
        background.perform(LIGHT, None, bench.buses.i2c_bus, lambda _device: Done(""))
        assert [each.source_line for each in bench.told if isinstance(each, TransferCompleted)] == [14, 0, 14]

    def test_needs_no_permission_that_was_required_before(self) -> None:
        bench = Bench()
        assert bench.perform(wanted=None) == "done"

    def test_has_the_bus_alone(self) -> None:
        bench = Bench()
        other = Gate(bench.buses, "other", bench.gate.kit)
        at_work, inside = threading.Lock(), []

        def enter(_device: object) -> Done[str]:
            inside.append(at_work.acquire(blocking=False))
            at_work.release()
            return Done("")

        def repeat(gate: Gate) -> None:
            for _ in range(200):
                gate.perform(LIGHT, None, bench.buses.i2c_bus, enter)

        threads = [threading.Thread(target=repeat, args=(gate,)) for gate in (bench.gate, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert inside == [True] * 400
        assert sorted(each.sequence for each in bench.told) == [*range(1, 401)]  # type: ignore[union-attr]


class TestAnEffectThatFails:
    def test_tells_what_was_sent_and_what_it_asked_for(self) -> None:
        bench = Bench()
        with pytest.raises(NoAcknowledgeError):
            bench.perform(failing(NoAcknowledgeError("no device acknowledged", LIGHT)))
        told = bench.last()
        assert (told.outcome, told.messages, told.asked) == (Outcome.NO_ACKNOWLEDGE, (SENT,), (2,))
        assert told.detail == "I2C bus 1, address 0x23: no device acknowledged"
        assert told.problem == "no device acknowledged"
        assert told.sequence == 1

    def test_carries_the_kernels_error_number(self) -> None:
        bench = Bench()

        def lose_arbitration(_device: object) -> Done[str]:
            raise BusFaultError("the wires misbehaved", LIGHT) from OSError(errno.EIO, "Input/output error")

        with pytest.raises(BusFaultError):
            bench.perform(lose_arbitration)
        assert bench.last().errno == errno.EIO

    def test_by_a_defect_frees_the_bus_and_is_not_told_as_done(self) -> None:
        bench = Bench()
        with pytest.raises(ZeroDivisionError):
            bench.perform(failing(ZeroDivisionError()))
        assert (bench.last().outcome, bench.last().detail) == (
            Outcome.OTHER,
            "the call ended before the access was done",
        )
        assert bench.perform() == "done"


class TestAnEffectThatMayNotBe:
    @pytest.mark.parametrize(
        ("wanted", "error", "outcome"),
        [(refused, AccessDeniedError, Outcome.DENIED), (impossible, UnsupportedError, Outcome.OTHER)],
    )
    def test_never_reaches_the_bus_and_is_told(
        self, wanted: Callable[[], Permission], error: type[BusError], outcome: Outcome
    ) -> None:
        bench = Bench()
        with pytest.raises(error):
            bench.perform(failing(AssertionError("it was done")), wanted)
        told = bench.last()
        assert (told.outcome, told.messages, told.sequence, told.duration_ns) == (outcome, (), 0, 0)

    @pytest.mark.parametrize(
        ("wanted", "error", "outcome"),
        [(refused, AccessDeniedError, Outcome.DENIED), (impossible, UnsupportedError, Outcome.OTHER)],
    )
    def test_is_told_too_where_only_the_permission_is_asked_for(
        self, wanted: Callable[[], Permission], error: type[BusError], outcome: Outcome
    ) -> None:
        bench = Bench()
        bench.gate.source_line = 3
        with pytest.raises(error):
            bench.gate.require(LIGHT, wanted)
        assert [bench.last().outcome, bench.last().source_line] == [outcome, 3]
        bench.gate.require(LIGHT, granted)
        assert len(bench.told) == 1

    def test_waits_for_a_bus_no_longer_than_its_call_may_take(self) -> None:
        bench = Bench()
        bench.limit.stop()
        with bench.buses.held(LIGHT), pytest.raises(Trap):
            bench.perform()
        assert (bench.last().outcome, bench.last().detail) == (Outcome.OTHER, "told to stop")
        assert (bench.last().sequence, bench.last().duration_ns) == (0, 0)


class TestShares:
    def test_pay_for_the_time_that_an_effect_holds_its_bus(self) -> None:
        bench = Bench()

        def take_two_seconds(_device: object) -> Done[str]:
            bench.clock.advance(2)
            return Done("")

        bench.perform(take_two_seconds)
        bench.perform()
        assert bench.last().waited_ns == NS_PER_S  # half a second in debt, earned back at half the time

    @given(st.integers(0, 10**12), st.integers(0, 10**12))
    def test_do_not_pay_for_what_is_forgiven(self, held_ns: int, forgiven_ns: int) -> None:
        bench = Bench()

        def wait_in_vain(_device: object) -> Done[str]:
            bench.clock.advance(held_ns / NS_PER_S)
            bench.gate.forgive(bench.clock.monotonic_ns())
            return Done("")

        bench.perform(wait_in_vain)
        assert bench.share.wait_ns(bench.clock.monotonic_ns()) == 0

    def test_do_not_pay_for_the_time_in_which_the_process_stood_still(self) -> None:
        bench = Bench()

        def is_stopped_meanwhile(_device: object) -> Done[str]:
            bench.clock.advance(3)
            bench.stood_still_ns = 3 * NS_PER_S
            return Done("")

        bench.perform(is_stopped_meanwhile)
        assert bench.share.wait_ns(bench.clock.monotonic_ns()) == 0
        assert bench.last().duration_ns == 3 * NS_PER_S


class TestInTheBackground:
    def test_no_share_pays_and_no_bus_is_waited_for(self) -> None:
        bench = Bench()
        background = bench.gate.in_background()
        bench.share.spend(10 * NS_PER_S)
        assert background.perform(LIGHT, None, bench.buses.i2c_bus, lambda _device: Done("done")) == "done"
        assert (bench.last().plugin, bench.last().waited_ns) == ("light", 0)
        with bench.buses.held(LIGHT), pytest.raises(Trap, match="the bus is taken"):
            background.perform(LIGHT, None, bench.buses.i2c_bus, lambda _device: Done("done"))

    def test_the_host_has_a_gate_of_its_own(self) -> None:
        bench = Bench()
        host_gate(bench.buses, bench.told.append).perform(
            LIGHT, None, bench.buses.i2c_bus, lambda _device: Done(None, (SENT,))
        )
        assert (bench.last().plugin, bench.last().messages) == ("host", (SENT,))


class TestASimulatedBus:
    """The instance's kit remembers the simulated buses that it has used, and each effect is marked."""

    def test_is_remembered_from_its_first_effect_on(self) -> None:
        bench = Bench()
        assert bench.gate.kit.simulated == set()
        bench.perform()
        assert bench.gate.kit.simulated == {"i2c-1"}
        assert bench.last().is_simulated

    def test_is_remembered_if_the_effect_fails_because_a_driver_may_take_that_for_an_answer(self) -> None:
        bench = Bench()
        with pytest.raises(NoAcknowledgeError):
            bench.perform(failing(NoAcknowledgeError("nobody")))
        assert bench.gate.kit.simulated == {"i2c-1"}

    def test_that_was_not_reached_is_not_remembered(self) -> None:
        bench = Bench()
        with pytest.raises(AccessDeniedError):
            bench.perform(wanted=refused)
        assert bench.gate.kit.simulated == set()

    def test_used_by_the_host_in_the_background_does_not_count(self) -> None:
        bench = Bench()
        background = bench.gate.in_background()
        background.perform(LIGHT, granted, bench.buses.i2c_bus, lambda _device: Done("done"))
        assert bench.gate.kit.simulated == set()

    def test_stands_out_among_real_ones(self) -> None:
        bench = Bench()
        real, simulated = simulated_pi(bench.clock), simulated_pi(bench.clock)
        real.kind = BackendKind.LINUX
        buses = Buses({BusName("i2c-1"): real, BusName("i2c-3"): simulated}, bench.clock)
        gate = Gate(buses, "light", bench.gate.kit)
        for number in (1, 3):
            gate.perform(Place(BusName.i2c(number)), None, buses.i2c_bus, lambda _device: Done("done"))
        assert gate.kit.simulated == {"i2c-3"}
        assert [event.is_simulated for event in bench.told if isinstance(event, TransferCompleted)] == [False, True]
