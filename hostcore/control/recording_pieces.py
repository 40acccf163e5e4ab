"""A recording on its way over a session, piece by piece: its lines are bounded, and there is one connection.

`hostcore.control.handover` is for commands, which have a connection of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from hostcore.control.session_messages import RecordingPiece, RecordingQuestion
from hostcore.errors import HostError
from hostcore.quick_dataclass import replace
from hostcore.recording.file import MOST_BYTES
from hostcore.session import Session

PIECE = 1 << 17
"""Bytes that are sent at a time. They become twice as many characters, and each piece has the time of an answer."""


class RecordingPieces:
    """Has at most one recording ready for a front end. The host's side; for one thread.

    Args:
        session: the host.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of = RecordingQuestion("")
        self._content = b""

    def piece(self, question: RecordingQuestion) -> RecordingPiece:
        """Return a piece. The first one takes the recording, and the last one forgets it.

        Raises:
            HostError: there is no such recording, or no such piece.
        """
        if question.offset == 0:
            self._of, self._content = question, self._session.recording(question.plugin, question.crash_ns)
        elif question != replace(self._of, offset=question.offset) or not 0 < question.offset < len(self._content):
            raise HostError("there is no such piece of a recording; ask for its first one")
        size, end = len(self._content), question.offset + PIECE
        found = RecordingPiece(size, self._content[question.offset : end])
        if end >= size:
            self._of, self._content = RecordingQuestion(""), b""
        return found


Ask = Callable[[RecordingQuestion, type[RecordingPiece]], RecordingPiece]
"""Asks the host for an answer of a kind. Blocks until it is here."""


def joined(ask: Ask, question: RecordingQuestion) -> bytes:
    """Ask for all pieces, and return the recording. Blocks until they are here. The front end's side.

    Args:
        ask: asks the host.
        question: which recording.

    Raises:
        HostError: the host refuses, or what it sends cannot be a recording.
    """
    first = ask(question, RecordingPiece)
    if not 0 <= first.size_bytes <= MOST_BYTES:
        raise HostError(f"the host has a recording of {first.size_bytes:,} bytes; up to {MOST_BYTES:,} are taken")
    found = bytearray(first.data)
    while len(found) < first.size_bytes:
        piece = ask(replace(question, offset=len(found)), RecordingPiece)
        if not piece.data or piece.size_bytes != first.size_bytes:
            raise HostError(f"the host sends {len(found):,} of {first.size_bytes:,} bytes of the recording")
        found += piece.data
    if len(found) > first.size_bytes:
        raise HostError("the host sends more of the recording than it has")
    return bytes(found)
