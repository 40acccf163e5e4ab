"""The last transfers: in bounded memory, in order, each with the gap before it and the chip's past, and by reading."""

from __future__ import annotations

from dataclasses import replace

from hostcore.backends.base import Edge
from hostcore.events import ConnectionRestored, Message, Outcome, ReadingFailed, ReadingPublished, TransferCompleted
from hostcore.place import BusName
from hostcore.view.traffic import MESSAGE_BYTES, READING_TRANSFERS, TRANSFER_BYTES, TRANSFERS, Traffic
from tests.scripted_session import plugin_facts

LATE_NS = 900_000_000
"""The times of a capture's edges are large numbers, which Python does not share."""


def edges(count: int) -> tuple[Edge, ...]:
    return tuple(Edge(LATE_NS + number, number % 2 == 0) for number in range(count))


def capture(edges: tuple[Edge, ...]) -> TransferCompleted:
    return TransferCompleted(1, "dht22", BusName("gpio"), 4, (), Outcome.OK, "", 1000, edges=edges)


def write(data: bytes) -> TransferCompleted:
    return TransferCompleted(1, "light", BusName("i2c-1"), 0x23, (Message(True, data),), Outcome.OK, "", 1000)


def kept(*transfers: TransferCompleted) -> Traffic:
    traffic = Traffic()
    for transfer in transfers:
        traffic.takes()[TransferCompleted](transfer)
    return traffic


def test_small_transfers_and_captures_count_once() -> None:
    traffic = kept(*[write(b"\x10"), capture(edges(1))] * TRANSFERS)
    assert len(traffic.items) == TRANSFERS


def test_a_capture_is_kept_as_the_widths_of_its_pulses_without_its_edges() -> None:
    (seen,) = kept(capture(edges(5))).items.all()
    assert seen.transfer == capture(())
    assert seen.capture is not None
    assert [(pulse.high, pulse.width_ns) for pulse in seen.capture.pulses] == [
        (True, 1), (False, 1), (True, 1), (False, 1),
    ]  # fmt: skip


def test_a_long_capture_takes_the_room_of_several_transfers() -> None:
    assert len(kept(*[capture(edges(1024))] * 500).items) == TRANSFERS // (1 + 1023 * 4 // TRANSFER_BYTES)


def test_a_transfer_of_many_bytes_takes_the_room_of_several() -> None:
    traffic = kept(*[write(b"\x10")] * TRANSFERS, write(bytes(10 * TRANSFER_BYTES)))
    assert len(traffic.items) == TRANSFERS - 10


def test_many_messages_take_the_room_of_several_even_if_they_are_empty() -> None:
    long = replace(write(b""), messages=(Message(True, b""),) * 42)
    traffic = kept(*[write(b"\x10")] * TRANSFERS, long)
    assert len(traffic.items) == TRANSFERS - 39 * MESSAGE_BYTES // TRANSFER_BYTES


I2C, OTHER = BusName("i2c-1"), BusName("i2c-3")
MS = 1_000_000


def at(
    ms: float, *messages: Message, address: int = 0x76, bus: BusName = I2C, lasts_ms: float = 1
) -> TransferCompleted:
    return TransferCompleted(
        round(ms * MS), "air", bus, address, messages, Outcome.OK, "", round(lasts_ms * MS), sequence=1
    )


def fold(traffic: Traffic, *events: object) -> Traffic:
    for event in events:
        traffic.takes()[type(event)](event)
    return traffic


def gaps(traffic: Traffic) -> list[float | None]:
    return [None if seen.gap_ns is None else seen.gap_ns / MS for seen in traffic.items.all()]


def test_the_gap_begins_at_the_end_of_the_transfer_before_on_the_same_bus() -> None:
    assert gaps(kept(at(0), at(5), at(6.5, bus=OTHER), at(7))) == [None, 4, None, 1]


def test_the_gap_to_the_same_device_is_known_too() -> None:
    last = kept(at(0), at(5, address=0x23), at(9)).items.last(1)[0]
    assert (last.gap_ns, last.device_gap_ns) == (3 * MS, 8 * MS)


def test_the_wait_for_the_bus_is_part_of_the_gap() -> None:
    assert gaps(kept(at(0), replace(at(1), waited_ns=2 * MS))) == [None, 2]


def test_a_transfer_that_ends_late_stands_where_it_began_and_has_no_gap() -> None:
    traffic = kept(at(0), at(20, bus=OTHER), at(10, lasts_ms=30))
    assert [seen.transfer.got_bus_ns // MS for seen in traffic.items.all()] == [0, 10, 20]
    traffic = kept(at(0, lasts_ms=1), at(5), at(3))
    assert gaps(traffic) == [None, None, 4]


def test_a_late_transfer_also_stands_in_its_place_if_only_some_are_shown() -> None:
    traffic = Traffic()
    traffic.choose(lambda seen: seen.transfer.address == 0x76)
    fold(traffic, at(0), at(20, bus=OTHER), at(30, address=0x23), at(10))
    assert [seen.transfer.got_bus_ns // MS for seen in traffic.shown.all()] == [0, 10, 20]


def numbered(ms: float, sequence: int) -> TransferCompleted:
    return replace(at(ms), sequence=sequence)


def test_no_gap_is_told_where_the_transfers_before_are_missing() -> None:
    traffic = kept(numbered(0, 1), numbered(3, 2), numbered(246_000, 900), numbered(246_003, 901))
    assert gaps(traffic) == [None, 2, None, 2]
    assert [seen.follows_lost for seen in traffic.items.all()] == [False, False, True, False]


def test_transfers_that_are_still_under_way_are_not_taken_for_missing_ones() -> None:
    traffic = Traffic()
    traffic.know(tuple(plugin_facts(f"driver{number}") for number in range(20)))
    fold(traffic, numbered(0, 1), numbered(5, 22), *(numbered(5, number) for number in range(2, 22)))
    assert not any(seen.follows_lost for seen in traffic.items.all())


def test_a_host_that_was_started_again_numbers_its_transfers_from_the_start() -> None:
    restored = ConnectionRestored(1, is_new_host=True)
    traffic = fold(Traffic(), numbered(0, 5_000), restored, numbered(90, 40), numbered(95, 41))
    assert gaps(traffic) == [None, None, 4]
    assert not any(seen.follows_lost for seen in traffic.items.all())


def test_a_clock_that_is_set_back_does_not_put_new_transfers_before_old_ones() -> None:
    traffic = kept(at(3_600_000), at(0), at(1))
    assert [seen.transfer.got_bus_ns // MS for seen in traffic.items.all()] == [3_600_000, 0, 1]


def test_a_transfer_is_decoded_with_the_past_that_it_had() -> None:
    traffic = Traffic()
    traffic.know((plugin_facts("bme680"),))
    wrote = [Message(True, bytes.fromhex(data)) for data in ("d0", "7424", "7425")]
    transfers = at(0, wrote[0]), at(5, Message(False, b"\x61")), at(10, wrote[1]), at(15, wrote[2])
    fold(traffic, *(replace(each, plugin="bme680") for each in transfers))
    _, read, _, changed = traffic.items.all()
    assert read.site.chip is not None
    assert read.site.chip.name == "BME680"
    assert [each.name for each in read.decoded().accesses] == ["id"]
    (mode,) = [each for each in changed.decoded().accesses[0].fields if each.has_changed]
    assert (mode.name, mode.word, mode.word_before) == ("mode", "forced", "sleep")


def test_a_reading_has_the_transfers_since_the_one_before() -> None:
    traffic = fold(Traffic(), at(0), at(1), ReadingPublished(2 * MS, "air", {}), at(3), at(4))
    assert [seen.transfer.got_bus_ns for seen in traffic.of_reading("air").last] == [0, MS]
    fold(traffic, ReadingFailed(5 * MS, "air", "no answer"))
    assert [seen.transfer.got_bus_ns for seen in traffic.of_reading("air").last] == [3 * MS, 4 * MS]
    assert traffic.of_reading("air").ended_ns == 5 * MS
    assert traffic.of_reading("nobody").last == ()


def test_the_transfers_of_one_reading_are_bounded_and_those_left_out_are_counted() -> None:
    traffic = fold(Traffic(), *[at(0)] * (READING_TRANSFERS + 7), ReadingPublished(1, "air", {}))
    reading = traffic.of_reading("air")
    assert (len(reading.last), reading.left_out) == (READING_TRANSFERS, 7)


def test_the_readings_of_a_plugin_that_is_gone_are_forgotten() -> None:
    traffic = fold(Traffic(), at(0), ReadingPublished(1, "air", {}))
    traffic.know((plugin_facts("light"),))
    assert traffic.of_reading("air").last == ()
