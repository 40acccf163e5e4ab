"""The health of buses and supply, as front ends show it."""

from __future__ import annotations

import pytest

from hostcore.clock import NS_PER_S
from hostcore.events import BusHealthMeasured, MachineMeasured, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.rates import Trend
from hostcore.view.bus_health import BusHealth, percent
from tests.scripted_session import plugin_facts

I2C_1, I2C_3 = BusName("i2c-1"), BusName("i2c-3")
START = 1_000 * 60 * NS_PER_S
UNANSWERED = [Outcome.TIMEOUT, Outcome.BUS, Outcome.ARBITRATION_LOSS]


class Desk:
    """A view, and transfers that it sees, one a second."""

    def __init__(self) -> None:
        self.health = BusHealth()
        self.now_ns = START

    def transfers(self, *outcomes: Outcome, bus: BusName = I2C_1, address: int = 0x76) -> None:
        for outcome in outcomes:
            self.now_ns += NS_PER_S
            detail = "" if outcome is Outcome.OK else f"a {outcome}"
            self.health.follow(TransferCompleted(self.now_ns, "bme", bus, address, (), outcome, detail, 1))

    def measure(self, *, sda: bool | None = True, scl: bool | None = True, bus: BusName = I2C_1) -> None:
        self.health.measure(BusHealthMeasured(self.now_ns, bus, sda=sda, scl=scl))

    def told(self) -> list[str]:
        return [each.text for each in self.health.troubles(self.now_ns)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestABus:
    def test_all_is_well_at_first_and_while_transfers_succeed(self, desk: Desk) -> None:
        assert desk.told() == []
        desk.measure()
        desk.transfers(*[Outcome.OK] * 100)
        assert desk.told() == []

    @pytest.mark.parametrize(
        ("sda", "scl", "words"), [(False, True, "SDA LOW"), (True, False, "SCL LOW"), (False, False, "SDA, SCL LOW")]
    )
    def test_a_line_that_is_held_low_is_named(self, desk: Desk, sda: bool, scl: bool, words: str) -> None:
        desk.measure(sda=sda, scl=scl)
        assert desk.told() == [f"i2c-1 {words}"]
        desk.measure()
        assert desk.told() == []

    def test_it_remembers_since_when_it_is_stuck_and_when_the_last_transfer_succeeded(self, desk: Desk) -> None:
        desk.transfers(Outcome.OK)
        good_ns = desk.now_ns
        desk.transfers(Outcome.TIMEOUT)
        desk.measure(scl=False)
        stuck_ns = desk.now_ns
        desk.transfers(Outcome.TIMEOUT)
        desk.measure(scl=False)
        status = desk.health.of(I2C_1)
        assert status is not None
        assert (status.last_good_ns, status.stuck_since_ns) == (good_ns, stuck_ns)
        desk.measure()
        assert status.stuck_since_ns == 0

    @pytest.mark.parametrize("outcome", UNANSWERED)
    def test_without_levels_three_transfers_that_nobody_answers_make_it_look_stuck(
        self, desk: Desk, outcome: Outcome
    ) -> None:
        desk.measure(sda=None, scl=None)
        desk.transfers(Outcome.OK, outcome, outcome)
        assert desk.told() == []
        desk.transfers(outcome)
        assert desk.told() == ["i2c-1 STUCK?"]
        desk.transfers(Outcome.NO_ACKNOWLEDGE)
        assert "i2c-1 STUCK?" not in desk.told(), "a missing acknowledge shows that the wires move"

    def test_levels_that_are_high_show_that_it_is_not_stuck(self, desk: Desk) -> None:
        desk.measure()
        desk.transfers(*[Outcome.TIMEOUT] * 5)
        assert desk.told() == ["i2c-1 0x76 100 % fail"]

    def test_the_addresses_of_a_stuck_bus_are_not_accused(self, desk: Desk) -> None:
        desk.measure(scl=False)
        desk.transfers(*[Outcome.TIMEOUT] * 5)
        assert desk.told() == ["i2c-1 SCL LOW"]
        desk.measure()
        assert desk.told() == [], "nor when it is free again"


class TestAnAddress:
    def test_it_needs_three_failures_within_a_minute(self, desk: Desk) -> None:
        desk.transfers(*[Outcome.OK] * 20, Outcome.NO_ACKNOWLEDGE, Outcome.NO_ACKNOWLEDGE)
        assert desk.told() == []
        desk.transfers(Outcome.NO_ACKNOWLEDGE, Outcome.OK, Outcome.OK)
        assert desk.told() == ["i2c-1 0x76 12 % fail"]
        desk.now_ns += 120 * NS_PER_S
        assert desk.told() == []

    def test_the_worst_of_each_bus_is_told(self, desk: Desk) -> None:
        for _ in range(5):
            desk.transfers(Outcome.NO_ACKNOWLEDGE, Outcome.OK, address=0x23)
            desk.transfers(Outcome.NO_ACKNOWLEDGE, address=0x77)
            desk.transfers(Outcome.NO_ACKNOWLEDGE, address=0x38, bus=I2C_3)
        assert desk.told() == ["i2c-1 0x77 100 % fail", "i2c-3 0x38 100 % fail"]

    @pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.OTHER])
    def test_what_the_plugin_did_wrong_is_not_the_wires_fault(self, desk: Desk, outcome: Outcome) -> None:
        desk.transfers(*[outcome] * 10)
        assert desk.told() == []
        assert desk.health.of(I2C_1) is None

    def test_a_rate_that_grows_is_rising(self, desk: Desk) -> None:
        desk.transfers(*[Outcome.OK] * 240)
        desk.transfers(*[Outcome.OK, Outcome.OK, Outcome.OK, Outcome.NO_ACKNOWLEDGE] * 15)
        assert desk.told() == ["i2c-1 0x76 25 % fail, rising"]

    def test_a_rate_that_shrinks_is_falling(self, desk: Desk) -> None:
        desk.transfers(*[Outcome.NO_ACKNOWLEDGE] * 240)
        desk.transfers(*[Outcome.OK, Outcome.OK, Outcome.OK, Outcome.NO_ACKNOWLEDGE] * 15)
        assert desk.told() == ["i2c-1 0x76 26 % fail, falling"]

    def test_a_rate_that_stays_has_no_trend(self, desk: Desk) -> None:
        desk.transfers(*[Outcome.OK, Outcome.NO_ACKNOWLEDGE] * 120)
        assert desk.told() == ["i2c-1 0x76 51 % fail"], "the last minute begins with a whole span of ten seconds"

    def test_it_keeps_the_last_error_and_the_last_good_transfer(self, desk: Desk) -> None:
        desk.transfers(Outcome.OK, Outcome.TIMEOUT)
        status = desk.health.of(I2C_1)
        assert status is not None
        address = status.addresses[0x76]
        assert (address.last_error, address.last_good_ns) == ("a timeout", desk.now_ns - NS_PER_S)
        history = address.history
        assert (history.minutes(10, desk.now_ns).rate, history.trend(desk.now_ns)) == (0.5, Trend.STEADY)


class TestAPlugin:
    def test_its_bus_is_stuck_if_it_may_use_a_bus_that_is(self, desk: Desk) -> None:
        bme, light = plugin_facts("bme", "i2c:3:0x76"), plugin_facts("light", "i2c:1:0x23", "gpio:4:in")
        desk.health.know((bme, light))
        desk.measure(sda=False)
        status = desk.health.stuck_bus_of("light")
        assert status is not None and status.name == I2C_1
        assert desk.health.stuck_bus_of("bme") is None
        assert desk.health.stuck_bus_of("nobody") is None


class TestTheSupply:
    @pytest.mark.parametrize(
        ("now", "ever", "told"),
        [(True, True, ["UNDERVOLTAGE"]), (False, True, ["was undervoltage"]), (False, False, []), (None, None, [])],
    )
    def test_an_undervoltage_is_told_now_and_later(
        self, desk: Desk, now: bool | None, ever: bool | None, told: list[str]
    ) -> None:
        desk.health.measure_machine(MachineMeasured(1, now, ever))
        assert desk.told() == told


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0, "0 %"), (0.0001, "under 1 %"), (0.124, "12 %"), (0.994, "over 99 %"), (1, "100 %"), (0.5, "50 %")],
)
def test_a_rate_is_never_rounded_to_nothing_or_everything(rate: float, words: str) -> None:
    assert percent(rate) == words
