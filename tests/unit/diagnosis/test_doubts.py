"""What happens while a line of a bus is held low says nothing about the chips, also after the line is free again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.doubts import WAIT_NS, Doubts
from hostcore.events import (
    BusHealthMeasured,
    Confidence,
    Event,
    Message,
    Outcome,
    Presence,
    State,
    StateChanged,
    TransferCompleted,
)  # fmt: skip
from hostcore.faults.model import Fault, FaultKind
from tests.evidence import I2C, Bench, a_plugin
from tests.watched import Driver, Watched

WAIT = WAIT_NS / NS_PER_S


def measure(made: Bench, *, sda: bool | None = True, scl: bool | None = True) -> None:
    made.take(BusHealthMeasured(made.now_ns, I2C, sda=sda, scl=scl))


def nobody(made: Bench, seconds: int = 15) -> None:
    for _ in range(seconds):
        made.silence("sulky", 0x5D)
        made.wait(1)


def stuck_low(made: Bench, seconds: int = 5) -> None:
    """SDA is held low, and after a moment the host measures that."""
    made.transfer("sulky", 0x5D, "00", "00")
    measure(made, sda=False)
    for _ in range(seconds):
        made.wait(1)
        made.transfer("sulky", 0x5D, "00", "00")
        made.reading("sulky", value=0)
    measure(made)
    made.wait(1)


def test_a_chip_that_only_seemed_to_answer_while_sda_was_low_never_answered() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    measure(made)
    nobody(made)
    stuck_low(made)
    nobody(made)
    made.scan([0x5C])
    (found,) = made.findings()
    assert found.kind == "wrong-address" and "At 0x5c" in found.sentence
    assert not made.case.plugins["sulky"].published


def test_the_finding_about_the_bus_shows_the_transfers_that_do_not_count() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    measure(made)
    made.transfer("sulky", 0x5D, "00", "00", is_injected=True)
    made.wait(1)
    measure(made, sda=False)
    made.transfer("sulky", 0x5D, "00", "00", is_injected=True)
    (found,) = made.findings()
    assert [each.text for each in found.evidence] == [
        "wrote 00, read 00, struck by a fault on demand: 0x5d on i2c-1, 2 in a row"
    ]


def test_a_scan_that_finds_every_address_has_found_no_chip() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    nobody(made)
    made.scan(dict.fromkeys(range(0x08, 0x78), Presence.PRESENT))
    assert made.case.buses[I2C].scan is None and made.kinds() == ["silent-address"]


def test_a_bus_that_works_again_is_believed_before_it_is_measured() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    measure(made, sda=False)
    made.wait(1)
    made.transfer("sulky", 0x5D, "d0", "61")
    assert made.case.devices[I2C, 0x5D].outcomes[Outcome.OK] == 1 and made.kinds() == []


def test_zeros_count_at_once_where_levels_cannot_be_read_and_later_where_nothing_was_low() -> None:
    made = Bench(a_plugin("display", "i2c:1:0x3c"))
    made.transfer("display", 0x3C, "00ae")
    assert made.case.devices[I2C, 0x3C].total == 1
    measure(made)
    made.transfer("display", 0x3C, "00af")
    assert made.case.devices[I2C, 0x3C].total == 1
    made.wait(WAIT)
    made.findings()
    assert made.case.devices[I2C, 0x3C].total == 2


def test_what_an_ended_instance_did_in_doubt_is_not_taken_for_the_next_ones() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    measure(made)
    made.transfer("sulky", 0x5D, "00", "00")
    made.take(StateChanged(made.now_ns, "sulky", State.RUNNING, State.LOADING, ""))
    made.wait(WAIT)
    made.findings()
    assert (I2C, 0x5D) not in made.case.devices


def test_a_chip_that_only_acknowledged_is_not_certain_to_have_gone_where_levels_are_unknown() -> None:
    made = Bench(a_plugin("sulky", "i2c:1:0x5d"))
    for _ in range(20):
        made.transfer("sulky", 0x5D, "00", "00")
        made.wait(1)
    nobody(made)
    made.scan([])
    (found,) = made.findings()
    assert found.confidence is Confidence.LIKELY and "read a 1" in found.sentence
    made.scan([0x5C])
    (found,) = made.findings()
    assert found.kind == "wrong-address"


def test_a_stuck_bus_leaves_no_false_finding_behind() -> None:
    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x5D, b"\x00")
        return {}

    pi = Watched()
    pi.plug("bme680", 0x77)
    pi.drive_shipped("bme680")
    pi.drive("sulky", read)
    for sda in (True, False, True):
        pi.take(BusHealthMeasured(pi.clock.wall_ns(), I2C, sda=sda, scl=True))
        pi.fault(*([] if sda else [Fault(FaultKind.STUCK_SDA, I2C)]))
        pi.run(0.6)  # the host measures some time after the first transfer that is struck
        pi.take(BusHealthMeasured(pi.clock.wall_ns(), I2C, sda=sda, scl=True))
        pi.run(30)
    pi.scan()
    pi.run(5)
    kinds = {each.finding.kind for each in pi.raised}
    assert kinds == {"silent-address", "stuck-bus"}
    assert not any("any more" in each.finding.sentence for each in pi.worded)


@given(st.lists(st.tuples(st.sampled_from(["", "00", "61", "nack", "bus"]), st.floats(0, 5)), max_size=40))
def test_where_no_line_was_low_every_transfer_counts_once_and_in_order(steps: list[tuple[str, float]]) -> None:
    doubts, now_ns, came = Doubts(), 1, list[int]()
    counted: list[Event] = [*doubts.sift(BusHealthMeasured(now_ns, I2C, sda=True, scl=True))]
    outcomes = {"nack": Outcome.NO_ACKNOWLEDGE, "bus": Outcome.BUS}
    for number, (what, seconds) in enumerate(steps):
        now_ns += round(seconds * NS_PER_S)
        outcome = outcomes.get(what, Outcome.OK)
        messages = (Message(False, bytes.fromhex(what)),) if outcome is Outcome.OK else ()
        came.append(number)
        counted += doubts.sift(TransferCompleted(now_ns, "p", I2C, 0x20, messages, outcome, "", 1, sequence=number))
        counted += doubts.due(now_ns)
    counted += doubts.due(now_ns + WAIT_NS)
    assert [each.sequence for each in counted if isinstance(each, TransferCompleted)] == came
