"""A recording crosses a session in pieces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.control.recording_pieces import PIECE, Ask, RecordingPieces, joined
from hostcore.control.session_messages import RecordingPiece, RecordingQuestion
from hostcore.errors import HostError
from tests.scripted_session import ScriptedSession

LIGHT = RecordingQuestion("light")
CRASH = RecordingQuestion("light", 5)


def pieces_of(content: bytes) -> RecordingPieces:
    return RecordingPieces(ScriptedSession(recordings={("light", 0): content, ("light", 5): b"crash"}))


def asked(pieces: RecordingPieces) -> Ask:
    return lambda question, _kind: pieces.piece(question)


@given(st.integers(0, 3 * PIECE + 1))
def test_the_pieces_are_the_whole(size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    assert joined(asked(pieces_of(content[:size])), LIGHT) == content[:size]


def test_the_recording_of_a_crash_is_another_one() -> None:
    assert joined(asked(pieces_of(b"newest")), CRASH) == b"crash"


@pytest.mark.parametrize("offset", [-1, 1, PIECE, 10**30])
def test_a_piece_that_was_not_begun_is_refused(offset: int) -> None:
    with pytest.raises(HostError, match="ask for its first one"):
        pieces_of(b"x" * 9).piece(replace(LIGHT, offset=offset))


def test_two_recordings_are_not_mixed() -> None:
    pieces = pieces_of(b"x" * (PIECE + 1))
    pieces.piece(LIGHT)
    with pytest.raises(HostError, match="ask for its first one"):
        pieces.piece(replace(CRASH, offset=PIECE))


@pytest.mark.parametrize(
    ("pieces", "problem"),
    [
        ([RecordingPiece(1 << 40, b"")], "up to 268,435,456 are taken"),
        ([RecordingPiece(-1, b"")], "up to"),
        ([RecordingPiece(9, b"x"), RecordingPiece(9, b"")], "1 of 9 bytes"),
        ([RecordingPiece(9, b"x"), RecordingPiece(8, b"x")], "1 of 9 bytes"),
        ([RecordingPiece(1, b"xx")], "more of the recording than it has"),
    ],
)
def test_a_host_that_sends_something_else_is_refused(pieces: list[RecordingPiece], problem: str) -> None:
    sent = iter(pieces)
    with pytest.raises(HostError, match=problem):
        joined(lambda _question, _kind: next(sent), LIGHT)
