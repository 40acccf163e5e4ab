"""Answers a guest's calls of host functions from a recording, and notices the first one that was not recorded so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hostcore.hostcall import HostFunctions, Trap
from hostcore.recording.model import Call, Crossing, Ending, Header
from hostcore.recording.values import pack
from hostcore.replay.answering import SAID, STACK, STEP, THE_END, DivergedError, Divergence, Request, progress_of
from hostcore.runtime.contract import TellStack, TellStep, no_step, not_traced


class Player:
    """Gives a guest the recorded answers, exactly in their order. An `Answering`; see there.

    Args:
        header: of the recording.
        calls: the calls to play, in order.
        first: number of the first of them.
        seen: gets each crossing that was answered.
        stack: receives the stacks of a traced instance.
        step: receives the steps of an instance whose steps are traced.
        lets_say: whether it may log and print something else than recorded. A traced instance does if it tells the
            address of an object.

    Attributes:
        divergence: the first one; None while the guest follows the recording.
        said_otherwise: see `Answering`.
    """

    is_guess = False
    can_restore = True

    def __init__(
        self,
        header: Header,
        calls: Sequence[Call],
        *,
        first: int = 0,
        seen: Callable[[Crossing], None] = lambda _crossing: None,
        stack: TellStack = not_traced,
        step: TellStep = no_step,
        lets_say: bool = False,
    ) -> None:
        self._header, self._seen, self._stack, self._step = header, seen, stack, step
        self._calls: Iterator[Call] = iter(calls)
        self._number = first - 1
        self._call: Call | None = None
        self._place = 0
        self._free = SAID if lets_say else frozenset()
        self.divergence: Divergence | None = None
        self.said_otherwise: int | None = None

    def functions(self) -> HostFunctions:
        """The host functions of the instance. Those that were refused are refused again."""
        refused = set(self._header.refused)
        answering = {
            name: self._answering(slot, name) for slot, name in enumerate(self._header.imports) if slot not in refused
        }
        return {**answering, STACK: self._stack, STEP: self._step}

    def drop(self, _type_id: int, _rep: int) -> None:
        """Do nothing: the resources were those of the recorded host."""

    def next_call(self) -> Call | None:
        """Go on to the next call, and return it; None after the last."""
        self._call, self._place = next(self._calls, None), 0
        self._number += 1
        return self._call

    @property
    def ending(self) -> Ending | None:
        """How the host ended the call while the guest computed, once all crossings before that have been played."""
        call = self._call
        if call is None or self._place < len(call.crossings):
            return None
        return None if call.crossings and isinstance(call.crossings[-1].answer, Ending) else call.ending

    @property
    def progress(self) -> int:
        """See `Answering`."""
        return progress_of(self._call, self._place)

    def returned(self) -> None:
        """The guest's call has returned. That is a divergence if the recording has more crossings in this call."""
        call = self._call
        if call is not None and call.is_whole and self._place < len(call.crossings):
            self._diverged(None)

    def _answering(self, slot: int, name: str) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            crossing, ending = self._expected(), self.ending
            if crossing is None and ending is not None:
                raise ending.trap()  # the host ended the recorded call before it came here
            if crossing is None and self._call is not None and not self._call.is_whole:
                raise Trap(None, THE_END)
            if crossing is None or crossing.slot != slot:
                raise self._diverged(Request(name, arguments))
            if pack(arguments) != pack(crossing.arguments):
                if name not in self._free:
                    raise self._diverged(Request(name, arguments))
                self.said_otherwise = self._number if self.said_otherwise is None else self.said_otherwise
            self._place += 1
            self._seen(crossing)
            if isinstance(crossing.answer, Ending):
                raise crossing.answer.trap()
            return crossing.answer

        return answer

    def _expected(self) -> Crossing | None:
        call = self._call
        return call.crossings[self._place] if call is not None and self._place < len(call.crossings) else None

    def _diverged(self, asked: Request | None) -> DivergedError:
        crossing = self._expected()
        recorded = None if crossing is None else Request(self._header.imports[crossing.slot], crossing.arguments)
        found = Divergence(self._number, self._place, recorded, asked)
        self.divergence = self.divergence or found
        return DivergedError(found)
