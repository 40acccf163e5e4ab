"""The transfers of a transcript in their order: each one that a driver asks for has to be the next."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import (
    ArbitrationLostError,
    BusError,
    BusFaultError,
    BusTimeoutError,
    NoAcknowledgeError,
    UnsupportedError,
)
from hostcore.events import Event, Outcome, TransferCompleted
from hostcore.hostcall import CrashKind, Trap
from hostcore.place import BusKind, Place
from hostcore.transcript.model import Call, Part, Transfer
from hostcore.transcript.words import difference_words, parts_words

_NS_PER_US = 1000
_ERRORS: dict[Outcome, type[BusError]] = {
    Outcome.NO_ACKNOWLEDGE: NoAcknowledgeError,
    Outcome.BUS: BusFaultError,
    Outcome.ARBITRATION_LOSS: ArbitrationLostError,
    Outcome.TIMEOUT: BusTimeoutError,
    Outcome.OTHER: UnsupportedError,
}


class LeftError(Trap):
    """Ends the driver's call: it asks for something else than the transcript has."""

    def __init__(self, problem: str) -> None:
        super().__init__(CrashKind.HOST, problem)


class Script:
    """Answers a driver's transfers in the order of a transcript, and moves the clock to the moment of each.

    For the thread of the driver.

    Args:
        clock: the driver's clock. It stands at the start of the plugin.
        driver: name of the driver's file, for messages.

    Attributes:
        divergence: where the driver first asked for something else, in one line; "" while it follows.
        line: the line of the text of the transfer that was expected there; 0 if none was.
    """

    def __init__(self, clock: VirtualClock, driver: str) -> None:
        self._clock, self._driver = clock, driver
        self._began_ns = clock.monotonic_ns()
        self._transfers: tuple[Transfer, ...] = ()
        self._next = 0
        self._is_answered = False
        self._problem = ""
        self.divergence, self.line = "", 0

    def begin(self, call: Call) -> None:
        """Begin a call: move the clock to it."""
        self._transfers, self._next, self._is_answered = call.transfers, 0, False
        self._move_to(call.at_us)

    def end(self) -> None:
        """End a call: all its transfers should have been made."""
        left = self._expected
        if left is not None and not self.divergence:
            self.divergence = f"transfer {left.number} was not made: recorded {_recorded(left)}"
            self.line = left.line

    def answer(self, place: Place, parts: Sequence[Part], *, up_to: bool = False) -> Transfer:
        """Answer a transfer.

        Args:
            place: where it goes.
            parts: the bytes that are written, and the numbers of bytes that are read.
            up_to: whether a read may return fewer bytes.

        Raises:
            BusError: the transfer failed when it was recorded.
            LeftError: the transcript has another one here, or none.
        """
        expected = self._expected
        if expected is None or place != expected.place or not _fits(expected, parts, up_to=up_to):
            self._problem = _difference(expected, place, parts)
            raise LeftError(self._problem)
        self._move_to(expected.at_us)
        self._is_answered = True
        if expected.outcome is not Outcome.OK:
            raise _ERRORS[expected.outcome](expected.detail)
        return expected

    def selects_chip(self) -> bool:
        """Whether a GPIO line that is written now selects the chip of the SPI transfer that comes next."""
        return self._expected is not None and self._expected.place.bus.kind is BusKind.SPI

    def completed(self, event: Event) -> None:
        """Take the event of an access, which is over. Raises `LeftError` like `answer`."""
        if not isinstance(event, TransferCompleted):
            return
        is_answered, self._is_answered = self._is_answered, False
        expected = self._expected
        if is_answered or self._was_refused_before(event):
            self._next += 1
        elif not self._problem and event.outcome is Outcome.OK and (event.messages or event.edges):
            place = Place(event.bus, event.address)
            self._problem = _difference(expected, place, [each.data for each in event.messages if each.written])
        if self._problem and not self.divergence:
            self.divergence = f"{self._problem}; {self._source(event)}"
            self.line = expected.line if expected is not None else 0
            raise LeftError(self._problem)

    @property
    def _expected(self) -> Transfer | None:
        return self._transfers[self._next] if self._next < len(self._transfers) else None

    def _was_refused_before(self, event: TransferCompleted) -> bool:
        """Whether the access was refused before it reached a bus, now and when it was recorded."""
        expected = self._expected
        if expected is None or not event.outcome is expected.outcome is Outcome.OTHER:
            return False
        return expected.place == Place(event.bus, event.address)

    def _source(self, event: TransferCompleted) -> str:
        at = f"{self._driver} line {event.source_line}" if event.source_line else self._driver
        return f"{at} (in {event.library.file} line {event.library.line})" if event.library else at

    def _move_to(self, at_us: int) -> None:
        ahead_ns = self._began_ns + at_us * _NS_PER_US - self._clock.monotonic_ns()
        if ahead_ns > 0:
            self._clock.advance(ahead_ns / NS_PER_S)


def _fits(expected: Transfer, parts: Sequence[Part], *, up_to: bool) -> bool:
    recorded, asked = list(expected.parts), list(parts)
    if expected.outcome is not Outcome.OK:
        if not recorded:
            return True  # what was asked for is not known
        # Only the order of its writes, and that of its reads, is known.
        asked.sort(key=lambda each: isinstance(each, int))
    if up_to and len(recorded) == len(asked) and isinstance(recorded[-1], int) and isinstance(asked[-1], int):
        return recorded[:-1] == asked[:-1] and recorded[-1] <= asked[-1]
    return recorded == asked and list(map(type, recorded)) == list(map(type, asked))


def _difference(expected: Transfer | None, place: Place, parts: Sequence[Part]) -> str:
    if expected is None:
        asked = f"{place.short} {parts_words(parts)}"
        return f"one transfer more: {asked}, nothing more is recorded in this call"
    if place != expected.place:
        asked = f"{place.short} {parts_words(parts)}"
        return f"transfer {expected.number}: {asked}, recorded {_recorded(expected)}"
    return f"transfer {expected.number}: {difference_words(parts, expected.parts)}"


def _recorded(transfer: Transfer) -> str:
    return f"{transfer.place.short} {parts_words(transfer.parts)}"
