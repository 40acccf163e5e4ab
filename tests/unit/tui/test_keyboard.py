"""The keyboard: every byte that a terminal can send becomes a key, a paste or a mouse event, or nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.events import Key, MouseEvent, MouseMove, Paste
from textual.message import Message

from tui.keyboard import MAX_PASTE, SILENCE, Keyboard

A_LITTLE = 0.15
"""Longer than a terminal takes within a sequence, and shorter than `SILENCE`."""


class Typist:
    """A keyboard under a clock that the test moves."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.seconds = 0.0
        self.keyboard = Keyboard(encoding, lambda: self.seconds)

    def type(self, *pieces: bytes) -> list[Message]:
        """The events of bytes that arrive in these pieces."""
        return [message for piece in pieces for message in self.keyboard.feed(piece)]

    def wait(self, seconds: float) -> list[Message]:
        """The events of a silence."""
        self.seconds += seconds
        return self.keyboard.tick()


def keys(messages: Sequence[Message]) -> list[str]:
    """The names of the keys among the events."""
    return [message.key for message in messages if isinstance(message, Key)]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (b"q", "q"),
        ("ü".encode(), "ü"),
        (b"\x03", "ctrl+c"),
        (b"\0", "ctrl+@"),
        (b"\x1b[A", "up"),
        (b"\x1bOP", "f1"),
        (b"\x1b[[A", "f1"),
        (b"\x1b[3$", "shift+delete"),
        (b"\x1b[15~", "f5"),
        (b"\x1b[1;5C", "ctrl+right"),
        (b"\x1b[99;5u", "ctrl+c"),
        (b"\x1b[27u", "escape"),
        (b"\x1b\x7f", "ctrl+w"),
    ],
)
def test_a_key_is_named(sent: bytes, key: str) -> None:
    assert keys(Typist().type(sent)) == [key]
    assert keys(Typist().type(*(bytes([byte]) for byte in sent))) == [key], "in any pieces"


def test_escape_needs_a_short_silence() -> None:
    typist = Typist()
    assert (typist.type(b"\x1b"), keys(typist.wait(A_LITTLE))) == ([], ["escape"])
    assert (typist.type(b"\x1b]"), keys(typist.wait(A_LITTLE))) == ([], ["escape", "right_square_bracket"])
    assert keys(typist.type(b"\x1b\x1b[B")) == ["escape", "down"]


@pytest.mark.parametrize("key", ["3", "f", "x", "\t", "\r", "P", "O", "ü"])
def test_escape_and_a_key_that_arrive_together_are_two_keys(key: str) -> None:
    (alone,) = keys(Typist().type(key.encode()))
    typist = Typist()
    assert keys(typist.type(b"\x1b" + key.encode())) + keys(typist.wait(A_LITTLE)) == ["escape", alone]


def test_a_byte_that_is_not_of_the_encoding_is_one_unknown_character() -> None:
    assert keys(Typist().type(b"\xfcq")) == ["replacement_character", "q"]
    assert keys(Typist("iso8859-1").type(b"\xfcq")) == ["ü", "q"]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x1b[" + b"1;" * 10_000 + b"q",
        b"\x1b[1;1;1;1q",
        b"\x1b[113;1A",
        b"\x1b[113;1:1R",
        b"\x1b[>4;1q",
        b"\x1b[99999999999999999999u",
        b"\x1b[0;;55296u",
        b"\x1b[0;;1114112u",
        b"\x1b[48;0;0;0;0t",
        b"\x1b[48;99999;99999;99999;99999t",
        b"\x1b[?2048;1$y",
        b"\x1b[?2048;9$y",
        b"\x1b[5;113R",
        b"\x1b[Mqqq",
        b"\x1b[<0;-5;-5M",
        b"\x1b[<0;99999999;99999999M",
        b"\x1b[<99999999999;99999999999999M",
        b"\x1b]11;rgb:qqqq/qqqq/qqqq\x07",
        b"\x1b]52;c;" + b"q" * 100_000 + b"\x1b\\",
        b"\x1bP>|quick\x1b\\",
        b"\x1b_Gq\x1b\\",
    ],
)
def test_a_sequence_that_is_no_key_types_nothing_and_the_next_key_counts(sent: bytes) -> None:
    typist = Typist()
    assert keys(typist.type(sent)) + keys(typist.wait(A_LITTLE)) == []
    assert keys(typist.type(b"\x1b[Az")) == ["up", "z"]


@pytest.mark.parametrize("begun", [b"\x1b[1;1", b"\x1b]52;c;qq", b"\x1bPqq", b"\x1b[Mq", b"\x1bO1"])
def test_half_a_sequence_waits_for_its_rest_but_neither_ctrl_c_nor_the_next_sequence_does(begun: bytes) -> None:
    typist = Typist()
    assert keys(typist.type(begun)) + keys(typist.wait(A_LITTLE)) == []
    assert keys(typist.type(b"\x03")) == ["ctrl+c"]
    assert keys(typist.type(begun, b"\x1b[A")) == ["up"]
    assert typist.type(begun) + typist.wait(SILENCE) == []
    assert keys(typist.type(b"q")) == ["q"]


def test_a_paste_is_one_event_and_none_of_it_is_typed() -> None:
    typist = Typist()
    sent = b"\x1b[200~one\0 \x1bq\x1b[113u \xfc two\x1b[201~z"
    for pieces in ([sent], [bytes([byte]) for byte in sent]):
        paste, z = typist.type(*pieces)
        assert isinstance(paste, Paste) and isinstance(z, Key)
        assert (paste.text, z.key) == ("one \x1bq\x1b[113u � two", "z")


def test_a_paste_that_never_ends_is_cut_and_ends_with_a_silence() -> None:
    typist = Typist()
    typist.type(b"\x1b[200~")
    block = b"q\x1b[20" * 20_000
    tracemalloc.start()
    assert typist.type(*[block] * 20) == []
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000, "bytes kept of 2 MB"
    (paste,) = typist.wait(SILENCE)
    assert isinstance(paste, Paste) and len(paste.text) == MAX_PASTE
    assert keys(typist.type(b"\x03")) == ["ctrl+c"]


def test_the_mouse_is_heard_where_a_terminal_can_be() -> None:
    (moved,) = Typist().type(b"\x1b[<35;7;9M")
    assert isinstance(moved, MouseMove) and (moved.x, moved.y) == (6, 8)


PARAMETERS = st.binary(max_size=40).map(lambda raw: bytes(0x30 + byte % 16 for byte in raw))
FINALS = st.sampled_from([byte for byte in range(0x40, 0x7F) if byte not in b"[Mu"])
WILD = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([b"\x1b", b"\x1b[", b"\x1b[200~", b"\x1b[201~", b"\x1b]", b"\x1b[<", b"\x1b[M", b"\x1bO", b"u"]),
    PARAMETERS.map(lambda parameters: b"\x1b[" + parameters + b"u"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(WILD, st.floats(0, 4)), max_size=30))
def test_no_bytes_and_no_pauses_make_it_fail_or_keep_much(story: list[bytes | float]) -> None:
    typist = Typist()
    for part in story:
        messages = typist.type(part) if isinstance(part, bytes) else typist.wait(part)
        for message in messages:
            match message:
                case Key(key=key, character=character):
                    (key + (character or "")).encode()
                case Paste(text=text):
                    assert len(text) <= MAX_PASTE
                case MouseEvent():
                    assert 0 <= message.x <= 65_535 and 0 <= message.y <= 65_535
    typist.wait(2 * SILENCE)
    assert not typist.keyboard.is_waiting
    assert keys(typist.type(b"\x03"))[-1] == "ctrl+c", "half a character may come before it"


@settings(max_examples=100, deadline=None)
@given(PARAMETERS, FINALS)
@example(b";;32", ord("A"))
def test_no_numbers_in_a_sequence_are_typed_as_characters(parameters: bytes, final: int) -> None:
    typed = Typist().type(b"\x1b[" + parameters + bytes([final]))
    assert not [message for message in typed if isinstance(message, Key) and message.is_printable]
