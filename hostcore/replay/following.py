"""Runs a changed driver on a recording: only what reaches a bus or an output has to be as recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from hostcore.chips.library import Library
from hostcore.hostcall import CrashKind, HostFunctions, Trap
from hostcore.recording.model import Call, Crossing, Ending, Recording
from hostcore.replay.answering import (
    ACCESS,
    SAID,
    STACK,
    STEP,
    THE_END,
    DivergedError,
    Divergence,
    Request,
    progress_of,
)
from hostcore.replay.effects import is_effect
from hostcore.replay.guesses import Guesses
from hostcore.replay.prepared import limits_of
from hostcore.replay.recalled import key_of
from hostcore.replay.surroundings import Surroundings, is_cut
from hostcore.runtime.contract import PACKAGE, TellStep, no_step, not_traced

NO_GUESS = "the replay ends: nothing tells what {} would answer (no recorded answer, and no chip file for the address)"
_NS_PER_US = 1000


class Given(NamedTuple):
    """The answer to a host function."""

    answer: Any
    """The WIT value, or the `Ending`."""
    took_us: int = 0
    is_injected: bool = False
    """Whether a fault on demand struck it when it was recorded."""


class Following:
    """Answers a driver that is not the recorded one. An `Answering`; see there.

    The driver may log more, look at the clock, sleep for longer, and move by a line. Its accesses of buses and outputs
    have to be the recorded ones, in their order, call by call. The first that is not is the divergence. If the replay
    goes on there, an access that comes later in the recorded call gets its recorded answer, and any other a guess.

    Args:
        recording: the recording.
        imports: names of the functions that the driver's component imports.
        chips: the chip files to guess with; None if the replay ends at the divergence.
        seen: gets each access and each output that was answered.
        step: receives the steps of an instance whose steps are traced.

    Attributes:
        divergence: the first one; None while the driver follows.
        is_guess: whether answers are guesses from now on.
    """

    can_restore = False
    said_otherwise: int | None = None
    """What it says is not compared at all."""
    ending: Ending | None = None
    """The host ended a call of the recorded driver, which need not be so with this one."""

    def __init__(
        self,
        recording: Recording,
        imports: Collection[str],
        *,
        chips: Library | None = None,
        seen: Callable[[Crossing], None] = lambda _crossing: None,
        step: TellStep = no_step,
    ) -> None:
        self._header, self._imports, self._seen, self._step = recording.header, tuple(imports), seen, step
        calls = (*recording.beginning, *recording.calls)
        self._calls: Iterator[Call] = iter(calls)
        self._around = Surroundings(self._header, calls, limits_of(self._header).call_seconds)
        self._guesses = None if chips is None else Guesses(self._header, calls, self._around.clock, chips)
        self._slots = {name: slot for slot, name in enumerate(self._header.imports)}
        self._number, self._place = -1, 0
        self._call: Call | None = None
        self._effects: tuple[Crossing, ...] = ()
        self._began_ns = 0
        self.divergence: Divergence | None = None
        self.is_guess = False

    def functions(self) -> HostFunctions:
        """The host functions of the instance. Those that were refused are refused again."""
        refused = {self._header.imports[slot] for slot in self._header.refused if slot < len(self._header.imports)}
        own = self._around.functions()
        found: dict[str, Callable[..., Any]] = {STACK: not_traced, STEP: self._step}
        for name in self._imports:
            if name in own:
                found[name] = self._shown(name, own[name]) if name in SAID else own[name]
            elif is_effect(name):
                found[name] = self._effect(name)
            elif not name.startswith("wasi:") and name not in {STACK, STEP}:
                found[name] = self._around.answering(name)
        return {name: function for name, function in found.items() if name not in refused}

    def drop(self, type_id: int, rep: int) -> None:
        """Free a resource that the guest returned."""
        self._around.drop(type_id, rep)

    def next_call(self) -> Call | None:
        """Go on to the next call, and return it; None after the last."""
        self._call, self._place = next(self._calls, None), 0
        self._number += 1
        imports = self._header.imports
        crossings = self._call.crossings if self._call else ()
        self._effects = tuple(each for each in crossings if is_effect(imports[each.slot]))
        if self._call is not None:
            self._around.begin(self._call)
            if self._guesses is not None:
                self._guesses.reach(self._call)
        self._began_ns = self._around.clock.monotonic_ns()
        return self._call

    @property
    def progress(self) -> int:
        """See `Answering`."""
        return progress_of(self._call, self._place)

    def returned(self) -> None:
        """The guest's call has returned. That is a divergence if the recording has more accesses in this call."""
        if self._call is not None and self._call.is_whole and self._place < len(self._effects) and not self.is_guess:
            self._diverge(None)

    def _shown(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            result = function(*arguments)
            self._show(name, arguments, Given(result))
            return result

        return answer

    def _effect(self, name: str) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            given = self._answer(Request(name, arguments))
            self._show(name, arguments, given)
            self._around.took(given.took_us)
            if isinstance(given.answer, Ending):
                raise given.answer.trap()
            return given.answer

        return answer

    def _answer(self, asked: Request) -> Given:
        """The answer to an access."""
        recorded = self._recorded(asked)
        if recorded is not None:
            return self._followed(asked, recorded)
        if self._call is not None and is_cut(self._call) and self._place >= len(self._effects):
            raise Trap(None, THE_END)
        diverged = self._diverge(asked)
        if self._guesses is None:
            raise diverged
        recorded = self._recorded(asked)
        if recorded is not None:
            return self._followed(asked, recorded)
        guess = self._guesses.answer(asked.name, asked.arguments)
        if guess is None:
            raise Trap(CrashKind.HOST, NO_GUESS.format(asked.name.removeprefix(PACKAGE)))
        return Given(guess.answer, guess.took_us)

    def _followed(self, asked: Request, recorded: Crossing) -> Given:
        if self._guesses is not None:
            self._guesses.saw(asked.name, asked.arguments, recorded)
        return Given(recorded.answer, recorded.took_us, recorded.is_injected)

    def _recorded(self, asked: Request) -> Crossing | None:
        """The next recorded access if it is this one; once answers are guesses, also a later one of the call."""
        key, left = key_of(asked.name, asked.arguments), self._effects[self._place :]
        for ahead, crossing in enumerate(left if self.is_guess else left[:1], 1):
            if key == key_of(self._header.imports[crossing.slot], crossing.arguments):
                self._place += ahead
                return crossing
        return None

    def _diverge(self, asked: Request | None) -> DivergedError:
        left = self._effects[self._place :]
        recorded = Request(self._header.imports[left[0].slot], left[0].arguments) if left else None
        ending = self._call.ending if self._call else None
        has_crashed = recorded is None and ending is not None and ending.kind is not None
        found = Divergence(self._number, self._place, recorded, asked, ACCESS, has_crashed)
        self.divergence = self.divergence or found
        self.is_guess = self._guesses is not None
        return DivergedError(found)

    def _show(self, name: str, arguments: tuple[Any, ...], given: Given) -> None:
        slot = self._slots.get(name)
        if slot is not None:
            at_us = (self._around.clock.monotonic_ns() - self._began_ns) // _NS_PER_US
            self._seen(Crossing(slot, at_us, given.took_us, arguments, given.answer, given.is_injected))
