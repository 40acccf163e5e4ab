"""VCD and sigrok sessions: SDA and SCL are drawn so that a reader of levels finds the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import groupby, pairwise

from hypothesis import given, settings

from hostcore.events import EventsDropped, Outcome, TransferCompleted
from hostcore.export.formats import Format, writer_of
from hostcore.export.sr import SrWriter
from hostcore.export.writer import Writer
from hostcore.place import BusName
from tests.i2c_levels import expected_words, vcd_levels, words_of
from tests.transfers import BUS, BUSES, OTHER, any_transfers, read, transfer, wrote


def file_of(writer: Writer, *transfers: TransferCompleted) -> bytes:
    return writer.begin() + b"".join(map(writer.take, transfers)) + writer.end()


def vcd_of(*transfers: TransferCompleted) -> str:
    return file_of(writer_of(Format.VCD, BUSES), *transfers).decode()


def ticks(text: str) -> list[int]:
    return [int(line[1:]) for line in text.splitlines() if line.startswith("#")]


@given(any_transfers())
@settings(deadline=None)
def test_a_reader_of_the_levels_of_a_vcd_finds_the_same_bytes(transfers: list[TransferCompleted]) -> None:
    levels = vcd_levels(vcd_of(*transfers))
    drawn = [each for each in transfers if each.messages or each.asked]
    for bus in (BUS, OTHER):
        assert words_of(levels[bus]) == expected_words(each for each in drawn if each.bus == bus)


@given(any_transfers())
@settings(deadline=None)
def test_a_reader_of_the_samples_of_a_session_finds_the_same_bytes(transfers: list[TransferCompleted]) -> None:
    _, samples = session_of(writer_of(Format.SR, BUSES), *transfers)
    drawn = [each for each in transfers if each.messages or each.asked]
    for shift, bus in ((0, BUS), (2, OTHER)):
        pairs = [(sample >> shift & 1, sample >> shift + 1 & 1) for sample, _ in groupby(samples)]
        levels = [pair for pair, _ in groupby(pairs)]
        assert words_of(levels) == expected_words(each for each in drawn if each.bus == bus)


def session_of(writer: Writer, *transfers: TransferCompleted) -> tuple[str, bytes]:
    """The metadata and the samples of a session."""
    with zipfile.ZipFile(io.BytesIO(file_of(writer, *transfers))) as session:
        assert session.testzip() is None
        names = session.namelist()
        assert session.read("version") == b"2"
        chunks = [name for name in names if name.startswith("logic-1-")]
        assert chunks == [f"logic-1-{number}" for number in range(1, len(chunks) + 1)]
        return session.read("metadata").decode(), b"".join(map(session.read, chunks))


def test_the_names_and_the_head_say_that_nothing_was_measured() -> None:
    text = vcd_of(transfer(wrote(1)))
    assert text.startswith("$comment reconstructed from bytes: ")
    assert "time 0 is 2024-01-01T11:59:59.999Z; simulated: i2c-3 $end\n$timescale 100 ns $end\n" in text
    assert re.findall(r"\$var wire 1 (\S+) (\S+) \$end", text) == [
        ("w0", "i2c-1.SCL.reconstructed"),
        ("w1", "i2c-1.SDA.reconstructed"),
        ("w2", "i2c-3.SCL.reconstructed"),
        ("w3", "i2c-3.SDA.reconstructed"),
    ]
    metadata, _ = session_of(writer_of(Format.SR, BUSES), transfer(wrote(1)))
    assert "probe1=i2c-1.SCL.reconstructed\n" in metadata and metadata.startswith("# reconstructed from bytes: ")


def test_times_are_real_in_a_vcd() -> None:
    found = ticks(vcd_of(transfer(wrote(1)), transfer(wrote(2), at_ms=60_000)))
    assert found[:2] == [0, 100]
    assert 100 + 600_000_000 in found, "the second start comes a minute after the first one"


def test_a_bit_takes_as_long_as_the_speed_of_the_bus_says() -> None:
    writer = writer_of(Format.VCD, BUSES, {BUS: 100_000})
    found = ticks(file_of(writer, transfer(wrote(0x00), duration_ns=1)).decode())
    rises = [later - earlier for earlier, later in pairwise(found)]
    assert max(rises[1:-3]) <= 100, "no two changes of a byte of zeros are further apart than a bit of 10 us"
    assert 1_700 < found[-1] - 100 < 2_100, "two bytes, start and stop take about 0.2 ms"


def test_without_a_known_speed_the_bits_fill_the_time_of_the_transfer() -> None:
    slow = ticks(vcd_of(transfer(wrote(1), duration_ns=1_000_000)))
    assert 9_500 < slow[-1] - 100 < 10_600
    assert ticks(vcd_of(transfer(wrote(1), duration_ns=0)))[-1] < 700, "400 kHz at most"
    assert ticks(vcd_of(transfer(wrote(1), duration_ns=10**10)))[-1] < 22_000, "10 kHz at least"


def test_transfers_of_two_buses_at_the_same_time_are_drawn_at_the_same_time() -> None:
    long = transfer(wrote(*range(50)), bus=OTHER, duration_ns=5_000_000)
    short = transfer(wrote(1), at_ms=1)
    levels = vcd_levels(vcd_of(short, long))
    assert words_of(levels[BUS]) == expected_words([short])
    assert words_of(levels[OTHER]) == expected_words([long])


def test_a_transfer_that_comes_late_is_drawn_after_what_is_already_written() -> None:
    late = transfer(wrote(1), at_ms=0, bus=OTHER)
    first, second = transfer(wrote(2), at_ms=10), transfer(wrote(3), at_ms=5_000)
    writer = writer_of(Format.VCD, BUSES)
    levels = vcd_levels(file_of(writer, first, second, late).decode())
    assert words_of(levels[OTHER]) == expected_words([late])


def test_what_is_not_known_is_not_drawn() -> None:
    for form in (Format.VCD, Format.SR):
        writer = writer_of(form, BUSES)
        file_of(writer, transfer(wrote(1), outcome=Outcome.BUS), transfer(wrote(2), bus=BusName("i2c-9")))
        assert writer.written == 0
        assert "2 transfers not drawn: what a failed one did on the wires is not known" in list(writer.notes())


def test_lost_transfers_are_told() -> None:
    writer = writer_of(Format.VCD, BUSES)
    content = writer.begin() + writer.take(transfer(wrote(1))) + writer.lose(EventsDropped(0, 3)) + writer.end()
    assert words_of(vcd_levels(content.decode())[BUS]) == expected_words([transfer(wrote(1))])
    assert "3 transfers lost, because they came too fast" in list(writer.notes())


def test_long_pauses_of_a_session_are_shortened_and_that_is_told() -> None:
    writer = writer_of(Format.SR, BUSES)
    hour = [transfer(read(1), at_ms=minute * 60_000) for minute in range(60)]
    content = file_of(writer, *hour)
    assert len(content) < 20_000
    assert "59 pauses shortened to 5 ms; VCD keeps their length" in list(writer.notes())


def test_a_session_that_is_full_says_what_it_lacks() -> None:
    writer = SrWriter(BUSES[:2], {}, most_bytes=30_000)
    metadata, samples = session_of(writer, *(transfer(wrote(1), at_ms=each * 5_000) for each in range(10)))
    assert len(samples) < 45_000
    (note,) = (each for each in writer.notes() if "left out" in each)
    assert re.fullmatch(r"\d transfers left out: the session has room for only \d transfers", note)
    assert note in metadata


def test_a_file_without_a_transfer_is_complete() -> None:
    assert [words_of(levels) for levels in vcd_levels(vcd_of()).values()] == [[], []]
    assert b"samplerate" in session_of(writer_of(Format.SR, BUSES))[0].encode()
