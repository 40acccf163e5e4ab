"""Exported files, read back by the programs that people open them with: tshark, and sigrok-cli with its I2C decoder."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from hostcore.events import EventsDropped, Outcome, TransferCompleted
from hostcore.export.formats import Format, writer_of
from hostcore.place import BusName
from tests.foreign_readers import seen_by_sigrok, seen_by_tshark
from tests.i2c_levels import expected_words
from tests.transfers import BUS, BUSES, OTHER, START, any_transfers, read, transfer, wrote

pytestmark = pytest.mark.thorough

LEVELS = [Format.VCD, Format.SR]
SHAPES = {
    "a write": [transfer(wrote(0xF4, 0x25))],
    "a read": [transfer(read(0x80, 0x00, 0x00))],
    "a write and a read with a repeated start": [transfer(wrote(0xD0), read(0x61))],
    "three messages": [transfer(read(0xFF), wrote(0x00), read(0x55))],
    "an address that nobody acknowledges": [transfer(wrote(1), outcome=Outcome.NO_ACKNOWLEDGE, address=0x23)],
    "a read that nobody acknowledges": [transfer(outcome=Outcome.NO_ACKNOWLEDGE, asked=(2,))],
    "a probe by quick write": [transfer(wrote())],
    "the lowest and the highest address": [transfer(wrote(1), address=0x08), transfer(wrote(2), at_ms=1, address=0x77)],
    "a long one": [transfer(wrote(*(each % 256 for each in range(1_025))), duration_ns=95_000_000)],
    "many in a row": [transfer(wrote(each), read(each, each), at_ms=0.5 * each) for each in range(100)],
    "two buses at once": [transfer(wrote(1, 2, 3)), transfer(wrote(4, 5, 6), bus=OTHER, at_ms=0.01)],
}
each_shape = pytest.mark.parametrize("transfers", [pytest.param(value, id=key) for key, value in SHAPES.items()])
SPI = transfer(wrote(0x9F), read(0xEF), bus=BusName("spi-0"), address=0)


def written(
    folder: Path, form: Format, transfers: Sequence[TransferCompleted], speeds: dict[BusName, int] | None = None
) -> Path:
    writer = writer_of(form, BUSES, speeds)
    file = folder / f"traffic.{form}"
    file.write_bytes(writer.begin() + b"".join(map(writer.take, transfers)) + writer.end())
    return file


def require_same_messages(folder: Path, transfers: Sequence[TransferCompleted]) -> None:
    """Require that tshark shows bus, direction, address and bytes of each message."""
    packets = seen_by_tshark(written(folder, Format.PCAPNG, transfers))
    found = [(each.interface, each.bus, each.is_read, each.address, each.data) for each in packets]
    expected = [
        (each.bus, each.bus.number, not message.written, each.address, message.data)
        for each in transfers
        for message in (*each.messages, *(read() for _ in each.asked if each.outcome is not Outcome.OK))
    ]
    assert found == expected


def require_same_words(
    file: Path, transfers: Sequence[TransferCompleted], buses: Sequence[BusName] = (BUS, OTHER)
) -> None:
    """Require that sigrok decodes the same bytes, acknowledgements, starts and stops on each bus."""
    for bus in buses:
        assert seen_by_sigrok(file, bus) == expected_words(each for each in transfers if each.bus == bus)


@each_shape
def test_tshark_shows_each_message(tmp_path: Path, transfers: list[TransferCompleted]) -> None:
    require_same_messages(tmp_path, transfers)


@pytest.mark.thorough
@given(any_transfers())
@settings(max_examples=15)
def test_tshark_shows_each_message_of_any_transfers(transfers: list[TransferCompleted]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        require_same_messages(Path(folder), [each for each in transfers if each.messages or each.asked])


def test_tshark_shows_who_made_a_transfer_how_it_ended_and_where_some_are_missing(tmp_path: Path) -> None:
    failed = TransferCompleted(
        START, "light", BUS, 0x23, (wrote(0x10),), Outcome.NO_ACKNOWLEDGE, "nobody answered", 9, 0, 1, 31,
        is_simulated=True,
    )  # fmt: skip
    writer = writer_of(Format.PCAPNG, BUSES)
    file = tmp_path / "traffic.pcapng"
    file.write_bytes(writer.begin() + writer.take(failed) + writer.lose(EventsDropped(START, 7)) + writer.end())
    message, lost = seen_by_tshark(file)
    assert message.comment == "light line 31, no-acknowledge: nobody answered, simulated bus"
    assert (message.is_event, lost.is_event) == (False, True)
    assert lost.comment == "7 transfers came too fast and are missing here"


@pytest.mark.parametrize("form", LEVELS)
@each_shape
def test_sigrok_decodes_the_same_bytes(tmp_path: Path, transfers: list[TransferCompleted], form: Format) -> None:
    require_same_words(written(tmp_path, form, transfers), transfers)


@pytest.mark.thorough
@pytest.mark.parametrize("form", LEVELS)
@given(any_transfers(longest_pause_ms=1))
@settings(max_examples=15)
def test_sigrok_decodes_the_same_bytes_of_any_transfers(form: Format, transfers: list[TransferCompleted]) -> None:
    drawn = [each for each in transfers if each.messages or each.asked]
    with tempfile.TemporaryDirectory() as folder:
        require_same_words(written(Path(folder), form, transfers), drawn)


@pytest.mark.parametrize("hertz", [10_000, 100_000, 400_000, 1_000_000])
@pytest.mark.parametrize("form", LEVELS)
def test_sigrok_decodes_them_at_every_speed_of_a_bus(tmp_path: Path, form: Format, hertz: int) -> None:
    transfers = [transfer(wrote(0xD0), read(0x61, 0x00, 0xFF), at_ms=each) for each in range(3)]
    require_same_words(written(tmp_path, form, transfers, {BUS: hertz}), transfers)


@pytest.mark.parametrize("form", LEVELS)
def test_transfers_of_other_buses_leave_no_trace_on_the_wires(tmp_path: Path, form: Format) -> None:
    require_same_words(written(tmp_path, form, [SPI, transfer(wrote(1)), SPI]), [transfer(wrote(1))])
