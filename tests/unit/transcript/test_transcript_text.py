"""The text of a transcript is read as it was written, and a person's mistake is told with its line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.backends.base import Edge
from hostcore.config.model import Limits
from hostcore.errors import ConfigError, TranscriptError
from hostcore.events import Message, Outcome
from hostcore.place import GPIO, IIO, BusName, Place
from hostcore.toml.reader import KeyPath, readers_of
from hostcore.transcript.model import LIMITS, Call, CallKind, Ends, Transcript, Transfer
from hostcore.transcript.parsing import transcript_of
from hostcore.transcript.writing import text_of

TEXT = """\
wasi-host transcript 1
driver light.py
began 2026-01-31T08:00:00.000000Z
bus i2c-1
permission i2c:1:0x23
settings {"gain": 2}
call_seconds 2.5

load at 0

read at 1.5
  1.500213 i2c-1 0x23 w 10
  1.7 i2c-1 0x23 r 01 2c
  reading {"illuminance": 250.0}
"""


def changed(before: str, after: str) -> str:
    assert before in TEXT
    return TEXT.replace(before, after)


def test_a_person_can_write_one() -> None:
    read = transcript_of(TEXT, "light.transcript")
    assert (read.driver, read.buses, read.permissions) == ("light.py", (BusName("i2c-1"),), ("i2c:1:0x23",))
    assert (read.began_ns, read.limits.call_seconds) == (1_769_846_400_000_000_000, 2.5)
    load, call = read.calls
    assert (load.kind, call.kind, call.at_us, call.line) == (CallKind.LOAD, CallKind.READ, 1_500_000, 11)
    place = Place(BusName("i2c-1"), 0x23)
    assert call.transfers == (
        Transfer(1, 1_500_213, place, (Message(True, b"\x10"),), line=12),
        Transfer(2, 1_700_000, place, (Message(False, b"\x01\x2c"),), line=13),
    )
    assert call.reading == {"illuminance": 250.0}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("transcript 1", "transcript 2", ":1: found 'wasi-host transcript 2'; a transcript"),
        ("driver light.py", "driver ../light.py", ":2: found '../light.py'; allowed is the name"),
        ("2026-01-31T08:00:00.000000Z", "today", ":3: found 'today'; allowed is a time such as"),
        ("bus i2c-1", "bus i2c-900", ":4: i2c-N or spi-N with N 0 to 255"),
        ("permission i2c:1:0x23", "permission i2c", ":5: "),
        ('{"gain": 2}', "[2]", ":6: found '[2]'; allowed is a JSON object"),
        ("call_seconds 2.5", "call_seconds 0", ":7: found '0'; allowed is 0.01 to 600"),
        ("call_seconds 2.5", "colour 7", ":7: found 'colour'; allowed here are driver, began"),
        ("call_seconds 2.5", "driver dark.py", ":7: there is a line 'driver' already"),
        ("read at 1.5", "read 1.5", ":11: found 'read 1.5'; allowed is 'read at SECONDS'"),
        ("read at 1.5", "read at soon", ":11: found 'soon'; allowed is a time in seconds"),
        ("read at 1.5", "load at 1.5", ":11: a driver is loaded once"),
        ("w 10", "w 1", ":12: found '1'; allowed is a byte as two hexadecimal digits"),
        ("w 10", "10", ":12: found '10'; allowed are w with the bytes written, r with"),
        ("i2c-1 0x23 w", "i2c-1 0x99 w", ":12: found the address '0x99'; allowed on i2c-1 is 0x08 to"),
        ("i2c-1 0x23 w", "i3c-1 0x23 w", ":12: found the bus 'i3c-1'; allowed are i2c-N or spi-N"),
        ("w 10", "w 10 error lost", ":12: found the error 'lost'; allowed are no-acknowledge, bus,"),
        ("w 10", "w 10 error bus dead", ":12: found 'dead' after the error; allowed is a text in"),
        ("r 01 2c", "r -- --", ":13: found '--'; the bytes of a transfer that succeeds have two"),
        ("r 01 2c", "r 01 --", ":13: found '--' beside bytes"),
        ('reading {"illuminance": 250.0}', "reading 250", ":14: found '250'; allowed is a JSON object"),
        ('{"illuminance": 250.0}', "{x}", ":14: found '{x}', which is not JSON"),
        ('reading {"illuminance": 250.0}', "sees 5", ":14: found 'sees'; allowed in a call are"),
        ("load at 0\n", "", ": its first call has to be 'load at SECONDS'"),
        ("began 2026-01-31T08:00:00.000000Z\n", "", ": it has no line 'began'"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(before: str, after: str, told: str) -> None:
    with pytest.raises(TranscriptError) as error:
        transcript_of(changed(before, after), "light.transcript")
    assert str(error.value).startswith(f"light.transcript{told}")


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_has_the_range_that_host_toml_allows(name: str) -> None:
    kind, low, high = LIMITS[name]
    read, at = readers_of(Limits)[name], KeyPath("host.toml", name)
    assert (read(kind(low), at), read(kind(high), at)) == (low, high)
    for beyond in (kind(low * 0.9), kind(high * 1.1)):
        with pytest.raises(ConfigError, match="allowed is"):
            read(beyond, at)


def test_a_long_mistake_is_repeated_in_part() -> None:
    with pytest.raises(TranscriptError, match=f"found '{'1' * 40}…'; allowed is a time in seconds"):
        transcript_of(changed("  1.500213 i2c-1", f"  {'1' * 100} i2c-1"), "light.transcript")


def test_a_line_after_the_end_of_a_call_is_refused() -> None:
    with pytest.raises(TranscriptError, match=r"light\.transcript:15: found '2' after the end of the call"):
        transcript_of(f"{TEXT}  2 i2c-1 0x23 w 10\n", "light.transcript")


def test_an_empty_file_is_no_transcript() -> None:
    with pytest.raises(TranscriptError, match="it is empty; a transcript begins with the line"):
        transcript_of("", "light.transcript")


def test_an_update_needs_what_it_shows() -> None:
    with pytest.raises(TranscriptError, match="an update has no line 'given"):
        transcript_of(f"{TEXT}update at 2\n", "light.transcript")


EVERYTHING = Transcript(
    "light.py",
    1_769_846_400_000_001_000,
    (
        Call(CallKind.LOAD, 0, (Transfer(1, 5, Place(GPIO, 4), edges=(Edge(80_000, True), Edge(160_000, False))),)),
        Call(
            CallKind.READ,
            1_000_000,
            (
                Transfer(2, 1_000_001, Place(BusName("spi-0"), 1), (Message(True, b"\x9f"), Message(False, b"\xef"))),
                Transfer(3, 1_000_002, Place(BusName("i2c-1"), 0x23), (Message(True, b""),)),
                Transfer(4, 1_000_003, Place(BusName("uart-serial0")), (Message(False, b""),)),
                Transfer(5, 1_000_004, Place(IIO), (Message(True, b"dht11@4 temp"), Message(False, b"21000.0"))),
                Transfer(
                    6,
                    1_000_005,
                    Place(BusName("i2c-1"), 0x23),
                    (Message(True, b"\xd0"),),
                    (2, 1),
                    outcome=Outcome.NO_ACKNOWLEDGE,
                    detail='no "answer" error é',
                ),
                Transfer(7, 1_000_006, Place(GPIO, 4), outcome=Outcome.OTHER, detail="held"),
            ),
            Ends.REPORTS,
            error="the sensor\nis silent",
        ),
        Call(CallKind.UPDATE, 2_000_000, given='{"a": {"b": 1}}'),
        Call(CallKind.READ, 3_000_000, ends=Ends.SURVIVES),
    ),
    (BusName("i2c-1"), GPIO),
    ("i2c:1:0x23", "gpio:4:in"),
    '{"gain": 2}',
    Limits(call_seconds=0.5, memory_mib=128),
)


def without_lines(read: Transcript) -> Transcript:
    """A transcript as it was before it had a text."""
    calls = tuple(
        replace(call, line=0, transfers=tuple(replace(each, line=0) for each in call.transfers)) for call in read.calls
    )
    return replace(read, calls=calls)


def test_each_form_is_read_as_it_was_written() -> None:
    assert without_lines(transcript_of(text_of(EVERYTHING), "light.transcript")) == EVERYTHING


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=6),
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES, max_size=4),
    st.integers(0, 10**14),
)
def test_any_bytes_and_reading_are_read_as_they_were_written(
    parts: list[tuple[bool, bytes]], reading: dict[str, object], at_us: int
) -> None:
    messages = tuple(Message(*each) for each in parts)
    transfer = Transfer(1, at_us, Place(BusName("i2c-1"), 0x23), messages)
    call = Call(CallKind.READ, at_us, (transfer,), reading=reading)
    made = Transcript("light.py", 0, (Call(CallKind.LOAD, 0), call))
    assert without_lines(transcript_of(text_of(made), "x")) == made


@given(
    st.lists(
        st.sampled_from([*TEXT.splitlines(), "", "error", "survives", "  1 gpio 4 edges +1", "\ud7ff"]) | st.text()
    )
)
def test_any_text_is_read_or_refused_in_one_line(lines: list[str]) -> None:
    try:
        transcript_of("\n".join(["wasi-host transcript 1", *lines]), "any")
    except TranscriptError as refused:
        assert str(refused).startswith("any") and "\n" not in str(refused)


def test_the_example_of_the_page_is_a_transcript() -> None:
    page = (shipped.folder() / "docs" / "recordings.md").read_text(encoding="utf-8")
    (example,) = [each for each in page.split("```") if each.startswith("\nwasi-host transcript")]
    read = transcript_of(example.removeprefix("\n"), "page")
    assert [each.kind for each in read.calls] == ["load", "read", "read"]
    assert read.calls[-1].ends is Ends.REPORTS
