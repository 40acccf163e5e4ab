"""Where a replay left the recording, as lines for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.cli.replay_lines import divergence_lines, head, step_lines
from hostcore.recording.model import Recording
from hostcore.replay.answering import Divergence, Request
from hostcore.replay.versions import recorded_steps
from hostcore.runtime.contract import PACKAGE
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.unit.recording.test_recording_file import HEADER
from tests.unit.replay.test_forged_recordings import ARGUMENTS

NAMES = ("i2c#transfer", "i2c#transaction", "spi#transfer", "spi#transaction", "gpio#read", "gpio#write", "uart#read")


@pytest.mark.parametrize(
    ("function", "arguments", "shown"),
    [
        ("python-wire#i2c-transfer", (7, 1, 0x23, "\x10", 2), "i2c-1 0x23  w 10  r 2 bytes"),
        ("python-wire#spi-transfer", (7, 0, 1, "\x9f", 1_000_000, 0), "spi-0 1  w 9f  r 1 byte"),
        ("python-wire#gpio-write", (7, 17, True), "gpio 17  w 01"),
        ("python-wire#relays-set", (7, "pump", True), "relays-set('pump', True)"),
    ],
)
def test_a_request_is_told_by_its_place_and_its_bytes(function: str, arguments: tuple[Any, ...], shown: str) -> None:
    asked = Request(f"{PACKAGE}{function}", arguments)
    _, recorded, now, line, *_ = divergence_lines(Divergence(2, 1, None, asked), HEADER)
    assert (recorded, now) == ("  recorded  nothing more in this call", f"  now       {shown}")
    assert line == f"  {HEADER.file} line 7"


@given(name=st.sampled_from(NAMES), bus=st.just(1) | st.just("serial0"), arguments=ARGUMENTS)
def test_a_request_that_no_guest_makes_is_told_in_words(name: str, bus: Any, arguments: tuple[Any, ...]) -> None:
    forged = Request(f"{PACKAGE}{name}", (bus, *arguments))
    assert all(map(str.isprintable, divergence_lines(Divergence(2, 1, forged, None), HEADER)))


@pytest.mark.parametrize("arguments", [(1, "x", b"1", 2), (1, 0x23, "text", 2), (1, 0x23, b"1", "2")])
def test_a_request_of_other_types_is_told_as_a_call_of_the_function(arguments: tuple[Any, ...]) -> None:
    forged = Request(f"{PACKAGE}i2c#transfer", arguments)
    _, recorded, *_ = divergence_lines(Divergence(2, 1, forged, None), HEADER)
    assert recorded.startswith("  recorded  i2c#transfer(1, ")


def test_a_forged_name_does_not_fill_the_screen() -> None:
    long = "x" * 100_000
    header = replace(HEADER, plugin=long, file=long, machine=long, host_version=long, simulated=(long,))
    assert max(map(len, head(Recording(header, (), None, (), problem=long)))) < 1000


def test_of_a_call_with_very_many_transfers_and_lines_the_newest_are_shown(sandbox: Sandbox) -> None:
    recorder = Recorded(sandbox)
    recorder.load(
        """
        from host import i2c
        def read():
            for number in range(150):
                i2c.write(0x23, bytes([number]))
                print("line", number)
            return {}
        """,
        "i2c:1:0x23",
    ).read()
    *_, last = recorded_steps(recorder.recording)
    title, *lines = (line.strip() for line in step_lines(last))
    assert " read " in title
    assert lines[0] == "50 earlier transfers: --json has all"
    assert lines[1].startswith("i2c-1 0x23  w 32")
    assert lines[100].startswith("i2c-1 0x23  w 95")
    assert lines[101] == "says: ... (the newest 20 lines)"
    assert lines[102:122] == [f"says: line {number}" for number in range(130, 150)]
