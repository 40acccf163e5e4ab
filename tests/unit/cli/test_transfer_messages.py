"""The messages of ``wasi-host i2c transfer`` as words, as i2ctransfer has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cRead, I2cWrite
from hostcore.cli.transfer_words import operations_of, words_of
from hostcore.errors import CommandLineError

MESSAGES = st.builds(I2cWrite, st.binary(max_size=100)) | st.builds(I2cRead, st.integers(1, 100))


@given(st.lists(MESSAGES, min_size=1, max_size=42))
def test_the_words_of_messages_are_read_back_as_the_same_messages(messages: list[I2cWrite | I2cRead]) -> None:
    assert operations_of(words_of(messages)) == tuple(messages)


def test_numbers_are_written_in_either_way() -> None:
    assert operations_of(["w2", "208", "0XD1", "r3", "w0"]) == (I2cWrite(b"\xd0\xd1"), I2cRead(3), I2cWrite(b""))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("0xd0 r1", "found '0xd0', allowed is wN and N bytes to write, or rN to read N bytes, N up to 8192"),
        ("r0", "found 'r0', allowed is wN"),
        (f"r{I2C_MAX_MESSAGE + 1}", "found 'r8193', allowed is wN"),
        ("r8192 r8192", "found 16384 bytes in one transaction; up to 10000 are allowed"),
        ("w2 0xd0", "w2 asks for 2 bytes, found 1; allowed is wN"),
        ("w1 r1", "found 'r1', allowed is a byte from 0x00 to 0xff, as w1 asks for 1"),
        ("w1 256", "found '256', allowed is a byte from 0x00 to 0xff"),
        (" ".join(["r1"] * 43), "found 43 operations; 1 to 42"),
        ("w1@0x50 1", "found 'w1@0x50', allowed is wN"),
    ],
)
def test_what_is_no_message_is_named_with_what_is_allowed(words: str, problem: str) -> None:
    with pytest.raises(CommandLineError) as caught:
        operations_of(words.split())
    assert str(caught.value).startswith(problem)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=8))
def test_any_words_are_messages_or_are_refused(words: list[str]) -> None:
    try:
        found = operations_of(words)
    except CommandLineError as error:
        assert "found " in str(error)
    else:
        assert operations_of(words_of(found)) == found
