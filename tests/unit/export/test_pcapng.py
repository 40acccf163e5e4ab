"""pcapng: one packet for each message, read back by a reader of its own."""

from __future__ import annotations

import struct

from hypothesis import given

from hostcore.events import EventsDropped, Message, Outcome, TransferCompleted
from hostcore.export.formats import Format, writer_of
from hostcore.place import BusName
from tests.pcapng_reader import Packet, packets
from tests.transfers import BUS, BUSES, MS, OTHER, START, any_transfers, read, transfer, wrote


def file_of(*transfers: TransferCompleted) -> list[Packet]:
    writer = writer_of(Format.PCAPNG, BUSES)
    return packets(writer.begin() + b"".join(map(writer.take, transfers)) + writer.end())


def test_each_message_is_a_packet_with_bus_direction_address_and_bytes() -> None:
    ask, answer = file_of(transfer(wrote(0xD0), read(0x61), bus=OTHER))
    assert struct.unpack(">BIB", ask.content[:6]) == (3, 0, 0x76 << 1)
    assert struct.unpack(">BIB", answer.content[:6]) == (3, 1, 0x76 << 1 | 1)
    assert (ask.content[6:], answer.content[6:]) == (b"\xd0", b"\x61")
    assert (ask.interface, answer.interface) == ("i2c-3", "i2c-3")


def test_the_messages_of_a_transfer_are_spread_over_its_time() -> None:
    ask, answer = file_of(transfer(wrote(0xD0), read(0x61), at_ms=1.5, duration_ns=400_000))
    assert (ask.time_ns, answer.time_ns) == (START + 1_500_000, START + 1_700_000)


def test_the_time_is_when_the_bus_was_got_not_when_it_was_asked_for() -> None:
    waited = TransferCompleted(START, "light", BUS, 0x23, (wrote(1),), Outcome.OK, "", 100, waited_ns=5 * MS)
    assert file_of(waited)[0].time_ns == START + 5 * MS


def test_the_comment_tells_plugin_line_outcome_and_simulation() -> None:
    told = TransferCompleted(
        START, "light", BUS, 0x23, (wrote(1),), Outcome.NO_ACKNOWLEDGE, "no device\x1b", 9, 0, 7, 31, (2,),
        is_simulated=True,
    )  # fmt: skip
    comments = [each.comment for each in file_of(told)]
    assert comments == [
        r"light line 31, no-acknowledge: no device\x1b, simulated bus, message 1 of 2",
        r"light line 31, no-acknowledge: no device\x1b, simulated bus, message 2 of 2",
    ]


def test_a_transfer_that_never_reached_a_byte_is_an_empty_packet() -> None:
    (denied,) = file_of(transfer(outcome=Outcome.DENIED, detail="not granted"))
    assert (denied.content, denied.comment) == (b"\x01\0\0\0\0\xec", "bme680, denied: not granted")
    (failed,) = file_of(transfer(outcome=Outcome.NO_ACKNOWLEDGE, asked=(2,)))
    assert failed.content == b"\x01\0\0\0\1\xed", "a read"


def test_a_bus_that_comes_later_gets_its_interface_then() -> None:
    later = BusName("i2c-200")
    assert [each.interface for each in file_of(transfer(wrote(1)), transfer(wrote(2), bus=later))] == [BUS, later]


def test_lost_transfers_are_an_event_of_the_bus() -> None:
    writer = writer_of(Format.PCAPNG, BUSES)
    (lost,) = packets(writer.begin() + writer.lose(EventsDropped(START, 7)))
    assert (lost.content, lost.comment) == (b"\x80\0\0\1\0", "7 transfers came too fast and are missing here")
    assert list(writer.notes()) == ["7 transfers lost, because they came too fast"]


def test_other_buses_are_left_out_and_told() -> None:
    writer = writer_of(Format.PCAPNG, BUSES)
    assert writer.take(transfer(wrote(1), bus=BusName("spi-0"), address=0)) == b""
    assert (writer.written, list(writer.notes())) == (
        0,
        ["1 transfer of other buses left out: the format holds only I2C"],
    )


@given(any_transfers())
def test_every_byte_of_every_transfer_is_there(transfers: list[TransferCompleted]) -> None:
    found = [
        (each.interface, each.content[4] & 1, each.content[5] >> 1, each.content[6:]) for each in file_of(*transfers)
    ]
    expected = [
        (each.bus, not message.written, each.address, message.data)
        for each in transfers
        for message in (*each.messages, *(Message(False, b"") for _ in each.asked if each.outcome is not Outcome.OK))
    ]
    assert found == expected or any(not each.messages and not each.asked for each in transfers)
