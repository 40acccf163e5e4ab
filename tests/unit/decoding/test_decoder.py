"""A transfer in the words of its chip: registers, fields, commands, answers, and what was on the wires."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.decoding.decoded import CommandSent, Earlier, Plain, Refused
from hostcore.decoding.decoder import decode
from hostcore.decoding.words import line, pieces
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from tests.unit.decoding.transfers import I2C, SPI, raw_of, read, shipped, transfer, wrote

BME280, BME680, AHT20, LIS3DH = (shipped(name) for name in ("bme280", "bme680", "aht20", "lis3dh"))
CTRL_MEAS = 0x74
"""Bosch BST-BME680-DS001, section 5.3.1.3."""


def words(event: TransferCompleted, chip: object = BME680, *, short: bool = False, **more: object) -> str:
    return line(decode(event, chip, **more), event.address, short=short)  # type: ignore[arg-type]


def test_a_register_is_written_by_its_name_and_its_fields_have_words() -> None:
    assert words(transfer(wrote(b"\x74\x25"))) == "S 0x76 W ctrl_meas=0x25 osrs_t 1x osrs_p 1x mode forced P"


def test_only_fields_that_have_changed_are_shown_if_the_value_before_is_known() -> None:
    assert words(transfer(wrote(b"\x74\x25")), before={CTRL_MEAS: 0x24}) == (
        "S 0x76 W ctrl_meas=0x25 mode forced (was sleep) P"
    )
    assert words(transfer(wrote(b"\x74\x25")), before={CTRL_MEAS: 0x25}) == "S 0x76 W ctrl_meas=0x25 P"


def test_a_read_repeats_the_start_and_names_each_register() -> None:
    event = transfer(wrote(b"\x72"), read(b"\x01\x00\x24"))
    assert words(event).startswith("S 0x76 W ctrl_hum Sr R ctrl_hum=0x01 ")
    assert " ctrl_meas=0x24 " in words(event)


def test_in_a_narrow_line_only_the_direction_is_left_of_the_wires() -> None:
    assert words(transfer(wrote(b"\xd0"), read(b"\x61")), short=True) == "R id=0x61"
    assert words(transfer(wrote(b"\x74\x25")), short=True, before={CTRL_MEAS: 0x24}) == (
        "W ctrl_meas: mode forced (was sleep)"
    )


def test_a_read_of_its_own_begins_where_the_last_number_was_written() -> None:
    event = transfer(read(b"\x61"))
    assert words(event, earlier=Earlier(pointer=0xD0)) == "S 0x76 R id=0x61 P"
    assert words(event) == "S 0x76 R 61 P", "nothing is known of the number"


def test_part_of_a_register_has_its_offset() -> None:
    decoded = decode(transfer(wrote(b"\x23"), read(b"\x00")), BME680)
    assert [(each.name, each.number) for each in decoded.accesses] == [("temp+1", None)]


def test_registers_that_the_chip_file_does_not_list_have_a_question_mark() -> None:
    assert words(transfer(wrote(b"\xfe\x01"))) == "S 0x76 W 0xfe?=01 P"


def test_a_bit_of_the_number_makes_it_grow() -> None:
    grows = decode(transfer(wrote(b"\xa0\x57\x00"), address=0x18), LIS3DH)
    stays = decode(transfer(wrote(b"\x20\x57"), address=0x18), LIS3DH)
    assert [each.name for each in grows.accesses] == ["CTRL_REG1", "CTRL_REG2"]
    assert [each.name for each in stays.accesses] == ["CTRL_REG1"]


def test_a_bosch_chip_takes_pairs_of_number_and_value_in_one_write() -> None:
    decoded = decode(transfer(wrote(bytes.fromhex("7201 7425 d0")), read(b"\x61"), address=0x77), BME680)
    assert [(each.name, each.raw.hex()) for each in decoded.accesses] == [
        ("ctrl_hum", "01"), ("ctrl_meas", "25"), ("id", "61")
    ]  # fmt: skip


def test_a_command_is_named_and_its_answer_has_units_and_a_checked_crc() -> None:
    answer = bytes.fromhex("1c 80 00 06 00 00")
    good = answer + bytes([0x3D])
    decoded = decode(transfer(read(good), address=0x38), AHT20, earlier=Earlier(command="TRIGGER"))
    (found,) = decoded.answers
    assert [(each.name, round(each.value, 3)) for each in found.values][2:] == [
        ("humidity", 50.0),
        ("temperature", 25.0),
    ]
    assert len(found.checksums) == 1
    (checksum,) = found.checksums
    right = decode(
        transfer(read(answer + bytes([checksum.computed])), address=0x38), AHT20, earlier=Earlier(command="TRIGGER")
    )
    assert right.answers[0].crc_ok
    assert line(right).endswith("humidity=50 % temperature=25 °C CRC ok P")


def test_a_wrong_crc_is_shown_beside_the_right_one() -> None:
    event = transfer(read(bytes(7)), address=0x38)
    decoded = decode(event, AHT20, earlier=Earlier(command="TRIGGER"))
    assert decoded.answers[0].crc_ok is False
    assert f"CRC 00, should be {decoded.answers[0].checksums[0].computed:02x}" in line(decoded)


def test_a_command_that_the_chip_does_not_know_says_so() -> None:
    assert words(transfer(wrote(b"\xe1\x08\x00"), address=0x38), AHT20) == "S 0x38 W unknown command e1 08 00 P"


def test_without_a_chip_two_bytes_are_shown_in_both_orders_with_and_without_sign() -> None:
    decoded = decode(transfer(read(b"\x81\x00")), None)
    (plain,) = [part for part in decoded.parts if isinstance(part, Plain)]
    (word,) = plain.words
    assert (word.big, word.big_signed, word.little, word.little_signed) == (0x8100, -32512, 0x81, 0x81)
    assert line(decoded, 0x76) == "S 0x76 R 81 00 = 33024/-32512, little endian 129 P"


@pytest.mark.parametrize(
    ("messages", "asked", "shown"),
    [
        ((wrote(b""),), (), "S 0x77 W NACK P"),
        ((), (2,), "S 0x77 R NACK P"),
        ((wrote(b"\xd0"),), (1,), "S 0x77 W id NACK of the address or a byte P"),
    ],
)
def test_a_refused_byte_shows_where_that_is_known(
    messages: tuple[Message, ...], asked: tuple[int, ...], shown: str
) -> None:
    event = transfer(*messages, address=0x77, outcome=Outcome.NO_ACKNOWLEDGE, asked=asked)
    assert words(event) == shown
    assert any(isinstance(part, Refused) for part in decode(event, BME680).parts)


def test_an_access_that_never_got_the_bus_was_not_on_the_wires() -> None:
    assert decode(transfer(outcome=Outcome.DENIED, sequence=0), BME680).parts == ()


def test_on_spi_a_bosch_chip_has_seven_bits_for_the_number() -> None:
    bme280 = shipped("bme280")
    reads = transfer(wrote(b"\xd0\x00"), read(b"\xff\x60"), bus=SPI, address=0)
    writes = transfer(wrote(b"\x74\x27"), bus=SPI, address=0)
    assert [each.name for each in decode(reads, bme280).accesses] == ["id"]
    assert [each.name for each in decode(writes, bme280).accesses] == ["ctrl_meas"]


def test_on_spi_the_first_byte_has_a_bit_that_means_read() -> None:
    reads = transfer(wrote(b"\x8f\x00"), read(b"\xff\x33"), bus=SPI, address=0)
    (access,) = decode(reads, LIS3DH).accesses
    assert (access.name, access.written, access.number) == ("WHO_AM_I", False, 0x33)
    (access,) = decode(transfer(wrote(b"\x20\x57"), bus=SPI, address=0), LIS3DH).accesses
    assert (access.name, access.written) == ("CTRL_REG1", True)


def test_on_spi_the_read_bit_can_take_the_place_of_a_bit_of_the_number() -> None:
    (access,) = decode(transfer(wrote(b"\xd0"), read(b"\x60"), bus=SPI, address=0), BME280).accesses
    assert (access.name, access.written, access.number) == ("id", False, 0x60)
    (access,) = decode(transfer(wrote(b"\x74\x27"), bus=SPI, address=0), BME280).accesses
    assert (access.name, access.written) == ("ctrl_meas", True)


def test_on_spi_a_bit_that_makes_the_number_grow_is_no_part_of_it() -> None:
    several = transfer(wrote(b"\xe8"), read(b"\x01\x02\x03\x04"), bus=SPI, address=0)
    assert [each.name for each in decode(several, LIS3DH).accesses][:1] == ["OUT_X"]


CHIPS = st.sampled_from([None, BME680, AHT20, LIS3DH])
BYTES = st.binary(max_size=40)
EARLIER = st.builds(
    Earlier,
    st.none() | st.integers(0, 0xFFFF),
    st.booleans(),
    st.sampled_from(["", "TRIGGER", "STATUS", "nothing"]),
    st.binary(max_size=3),
)


@given(
    st.lists(st.builds(Message, st.booleans(), BYTES), max_size=4),
    CHIPS,
    EARLIER,
    st.sampled_from(Outcome),
    st.sampled_from([I2C, SPI, BusName("gpio"), BusName("uart-serial0")]),
    st.dictionaries(st.integers(0, 255), st.integers(0, 1 << 64), max_size=3),
)
def test_any_bytes_can_be_decoded_and_all_are_accounted_for(
    messages: list[Message], chip: object, earlier: Earlier, outcome: Outcome, bus: BusName, before: dict[int, int]
) -> None:
    event = transfer(*messages, bus=bus, outcome=outcome)
    decoded = decode(event, chip, before, earlier)  # type: ignore[arg-type]
    assert raw_of(decoded.parts) == b"".join(message.data for message in messages)
    assert all(piece.text.isprintable() for short in (True, False) for piece in pieces(decoded, 0x76, short=short))


@given(st.lists(BYTES, max_size=6), st.binary(max_size=3))
def test_any_bytes_to_a_display_are_accounted_for(messages: list[bytes], begun: bytes) -> None:
    from hostcore.decoding.ssd1306_commands import Ssd1306Commands

    display = Ssd1306Commands(begun)
    for message in messages:
        assert raw_of([*display.parts(message)]) == message


def test_the_commands_of_a_display_have_names_even_if_each_byte_has_a_message_of_its_own() -> None:
    from hostcore.decoding.ssd1306_commands import Ssd1306Commands

    display = Ssd1306Commands()
    together = [*display.parts(bytes.fromhex("00 ae 20 00 8d 14 b3 af"))]
    assert [(part.name, part.note) for part in together if isinstance(part, CommandSent)] == [
        ("DISPLAY_OFF", ""),
        ("ADDRESSING", "horizontal"),
        ("CHARGE_PUMP", "on"),
        ("PAGE", "3"),
        ("DISPLAY_ON", ""),
    ]
    apart = [part for data in (b"\x80\x8d", b"\x80\x10") for part in display.parts(data)]
    assert isinstance(apart[-1], CommandSent)
    assert (apart[-1].name, apart[-1].note) == ("CHARGE_PUMP", "off")
    (picture,) = display.parts(b"\x40" + bytes(128))
    assert isinstance(picture, CommandSent)
    assert picture.note == "128 bytes of picture"
