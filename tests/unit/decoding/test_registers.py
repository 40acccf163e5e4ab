"""The registers as they were last seen: value, time, plugin, line, and whether they were written."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hostcore.chips.library import shipped_library
from hostcore.decoding.registers import MOST_REGISTERS, Cell, RegisterMemory, seen_access
from hostcore.decoding.sites import Sites
from hostcore.events import LibraryLine, Message, Outcome, TransferCompleted
from hostcore.events.facts import PluginFacts
from tests.unit.decoding.transfers import I2C, read, shipped, transfer, wrote

UNUSED = 0x09
"""An address that no known chip has."""
LIBRARY = LibraryLine("adafruit_circuitpython_bme680-3.7.9/adafruit_bme680.py", 217)


def memory(*transfers: TransferCompleted) -> RegisterMemory:
    sites = Sites(shipped_library())
    sites.know((PluginFacts("bme680", Path("bme680.py"), 2.0, (), 64, 5.0),))
    made = RegisterMemory(sites)
    for each in transfers:
        sites.take(each)
        made.take(each)
    return made


def bme680(*messages: Message, address: int = 0x76, **more: object) -> TransferCompleted:
    return transfer(*messages, address=address, plugin="bme680", **more)  # type: ignore[arg-type]


def test_a_register_remembers_who_wrote_it_when_and_from_where() -> None:
    seen = memory(bme680(wrote(b"\x74\x25"), time_ns=7, source_line=12, library=LIBRARY))
    assert seen.cells(I2C, 0x76) == {0x74: Cell(0x25, 7, "bme680", 12, written=True, size=1, library=LIBRARY)}


def test_a_later_read_replaces_what_was_written() -> None:
    seen = memory(bme680(wrote(b"\x74\x25")), bme680(wrote(b"\x74"), read(b"\x24"), time_ns=9))
    assert seen.cells(I2C, 0x76)[0x74][:5] == (0x24, 9, "bme680", 0, False)


def test_a_register_of_several_bytes_is_one_number_in_its_byte_order() -> None:
    seen = memory(bme680(wrote(b"\x1f"), read(bytes.fromhex("80 00 00 7f 43 00"))))
    cells = seen.cells(I2C, 0x76)
    assert (cells[0x1F].value, cells[0x1F].size) == (0x800000, 3)
    assert (cells[0x22].value, cells[0x22].size) == (0x7F4300, 3)


def test_the_values_before_are_given_to_the_decoder() -> None:
    seen = memory(bme680(wrote(b"\x74\x24")))
    assert seen.take(bme680(wrote(b"\x74\x25"))).values == {0x74: 0x24}


def test_the_number_that_was_written_is_given_to_a_read_of_its_own() -> None:
    seen = memory(bme680(wrote(b"\xd0")))
    assert seen.take(bme680(read(b"\x61"))).pointer == 0xD0
    assert seen.cells(I2C, 0x76)[0xD0].value == 0x61


def test_a_transfer_that_failed_changes_no_register() -> None:
    seen = memory(bme680(wrote(b"\x74\x25"), outcome=Outcome.NO_ACKNOWLEDGE))
    assert seen.cells(I2C, 0x76) == {}


def test_an_unknown_device_is_taken_for_one_with_registers_of_a_byte() -> None:
    unknown = [
        transfer(wrote(b"\xfe"), read(b"\x01\x02\x03"), address=UNUSED, plugin="own"),
        transfer(wrote(b"\x20\x57"), address=UNUSED, plugin="own"),
    ]
    cells = memory(*unknown).cells(I2C, UNUSED)
    assert {number: cell.value for number, cell in cells.items()} == {0xFE: 1, 0xFF: 2, 0x00: 3}


def test_each_address_has_registers_of_its_own() -> None:
    seen = memory(bme680(wrote(b"\x74\x24")), bme680(wrote(b"\x74\x25"), address=0x77))
    assert (seen.cells(I2C, 0x76)[0x74].value, seen.cells(I2C, 0x77)[0x74].value) == (0x24, 0x25)
    assert seen.cells(I2C, 0x20) == {}


@given(st.lists(st.builds(Message, st.booleans(), st.binary(max_size=600)), max_size=5), st.sampled_from([0x76, 0x0F]))
def test_any_bytes_leave_a_bounded_number_of_registers(messages: list[Message], address: int) -> None:
    seen = memory(*[bme680(*messages, address=address)] * 3)
    assert len(seen.cells(I2C, address)) <= MOST_REGISTERS


def test_a_register_that_was_seen_has_its_name_value_and_fields() -> None:
    chip, cells = shipped("bme680"), memory(bme680(wrote(b"\x74\x25"))).cells(I2C, 0x76)
    access = seen_access(chip, 0x74, cells[0x74])
    assert (access.name, access.number, access.written) == ("ctrl_meas", 0x25, True)
    assert ("mode", "forced") in [(field.name, field.word) for field in access.fields]
    assert seen_access(None, 0x74, cells[0x74]).name == "", "without a chip, it is only a number"
