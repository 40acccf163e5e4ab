"""Collects what a traced run does, call by call, and makes a trace of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostcore.hostcall import CrashKind, Err, Trap
from hostcore.libraries.texts import library_texts
from hostcore.log.safe_text import counted, log_line
from hostcore.recording.model import Call, Crossing, Ending, Recording
from hostcore.replay.answering import RUN, Answering
from hostcore.replay.running import Played
from hostcore.replay.transfers import transfer_of
from hostcore.runtime.contract import PACKAGE
from hostcore.runtime.prepared import Prepared
from hostcore.stepping.model import TracedCall, TracedTransfer
from hostcore.stepping.reports import Reports
from hostcore.stepping.tape import NOTHING, Tape
from hostcore.stepping.trace import Trace

MOST_STEPS = 100_000
"""Most steps of a window. They are traced in about 10 s on a laptop."""
SPARE = 10
"""The newest steps of a call that is too long fill a window but for one part in so many: their number is not exact."""
MOST_BYTES = 96 << 20
"""Most memory of a window, about."""
RAISED = f"{PACKAGE}python-wire#raised"
MOST_COUNTED = 2_000_000
"""Most steps that are counted of a call that is too long. A call with more may never end."""
COUNTED = 1000
"""Steps between two reports while steps are only counted."""
FIND_MODULE = f"{PACKAGE}python-wire#find-module"
LATEST_NS = (1 << 63) - 1
"""The latest time of a step. Those of a forged recording may be later."""
_NS_PER_US = 1000
_OFTEN = 256


class FullError(Trap):
    """Ends a run whose window is full."""

    def __init__(self) -> None:
        super().__init__(None, "the trace is full")


class Collector:
    """One traced run.

    Args:
        prepared: the plugin.
        recording: what it is played on.
        first: number of the first call that is traced.
        wheels: the folder of wheels, for the text of libraries.
        skips: number of steps to leave out of that call, after its first.
        told: is told the number of steps now and then.

    Attributes:
        player: answers the plugin. Set before the run begins.
        last: number of the last call that was played.
        full_at: number of the call in which the window was full; None while it is not.
        is_final: whether another run would not show more of that call.
    """

    player: Answering

    def __init__(
        self,
        prepared: Prepared,
        recording: Recording,
        first: int,
        *,
        wheels: Path,
        skips: int,
        told: Callable[[int], None],
    ) -> None:
        self._recording, self._first, self._skips, self._told = recording, first, skips, told
        self._wheels = wheels
        self._tape = Tape()
        self._reports = Reports(self._tape, lambda: (len(self._transfers), self._time_ns))
        self._transfers: list[TracedTransfer] = []
        self._calls: list[TracedCall] = []
        self._sources = {prepared.spec.path.name: prepared.source or ""}
        self._call, self._number, self._began = _NO_CALL, 0, 0
        self._time_ns = self._left_out = 0
        self._missing = ""
        self.last = 0
        self.full_at: int | None = None
        self.is_final = False

    @property
    def reported(self) -> int:
        """A number that grows with each report."""
        return len(self._tape) + self._left_out

    @property
    def surplus(self) -> int:
        """How many steps of the only call have to be left out, so that its newest fit."""
        return max(1, self._left_out + len(self._tape) // SPARE)

    def begin(self, number: int, call: Call) -> None:
        """A call begins."""
        self._number, self._call, self._time_ns = number, call, min(call.began_ns, LATEST_NS)
        self._began = len(self._tape)

    def end(self, played: Played) -> None:
        """The call has ended."""
        ending = self.player.ending
        if ending is not None and ending.kind is CrashKind.DEADLINE and not self._missing:
            self._lingered()
        self.last = played.number
        if played.number >= self._first:
            self._calls.append(TracedCall(played, self._began, len(self._tape), _reading(played)))

    def seen(self, crossing: Crossing) -> None:
        """A host function was called."""
        header = self._recording.header
        self._time_ns = min(self._call.began_ns + (crossing.at_us + crossing.took_us) * _NS_PER_US, LATEST_NS)
        if header.imports[crossing.slot] == FIND_MODULE:
            self._keep_source(crossing.answer)
        transfer = transfer_of(header, self._call, crossing) if self._number >= self._first else None
        if transfer is not None:
            step = len(self._tape) - 1 if len(self._tape) > self._began else NOTHING
            self._transfers.append(TracedTransfer(transfer, step, self._number, self.player.is_guess))

    def step(self, report: str) -> int:
        """Receive a step: `step` of wit/python.wit.

        Raises:
            Trap: the report is none, or the window is full.
        """
        if self.full_at is not None:
            return self._count()
        try:
            self._reports.add(report)
        except ValueError as problem:
            raise Trap(CrashKind.HOST, f"instead of a step, its code reported {problem}") from None
        count = len(self._tape)
        if not count % _OFTEN:
            self._told(count)
        if count >= MOST_STEPS or self._tape.size >= MOST_BYTES:
            self._fill()
        if count > 1 or not self._skips:
            return 0
        self._tape.gap = 1
        return self._skips

    def trace(self) -> Trace:
        """Make the trace. Nothing more may be collected."""
        missing = [self._missing] if self._missing else []
        if self._skips:
            missing.insert(0, f"the first {counted(self._skips, 'step')} of call {self._first} but one are not here")
        texts = {**library_texts(self._wheels, self._tape.files), **self._sources}
        sources = {name: text for name, text in texts.items() if name in self._tape.files}
        approximate = self._recording.problem or self._otherwise()
        missed = "; ".join(missing)
        return Trace(self._tape, self._calls, self._transfers, sources, approximate=approximate, missing=missed)

    def _fill(self) -> None:
        """The window is full. A call that has one for itself goes on, and its steps are counted.

        That is of no use where the plugin computes without an end, or is a script, which may run for days.
        """
        self.full_at, ending = self._number, self.player.ending
        if ending is not None and ending.kind is CrashKind.DEADLINE:
            self.is_final = self._number == self._first
            self._lingered()
            raise ending.trap()
        if self._call.function == RUN or self._skips:
            self.is_final = True
            self._missing = f"call {self._number} goes on after the last step; a script is traced from its start on"
            raise FullError
        if self._number != self._first:
            raise FullError

    def _lingered(self) -> None:
        steps = counted(len(self._tape) - self._began, "step")
        self._missing = f"call {self._number} computed on until the host ended it; its first {steps} are here"

    def _count(self) -> int:
        """Count the steps of a call that is too long, to find out how many have to be left out."""
        self._left_out += COUNTED
        self._told(self.reported)
        if self._left_out > MOST_COUNTED:
            self.is_final = True
            self._missing = f"call {self._number} goes on for very long; its first steps are here"
            raise FullError
        return COUNTED - 1

    def _keep_source(self, answer: Any) -> None:
        match answer:
            case (str(path), bool(), str(source), str()) if source:
                self._sources[path] = source

    def _otherwise(self) -> str:
        """Why the calls are not what was recorded; "" if they are."""
        for each in self._calls:
            reason = "" if each.number == self.full_at else _otherwise(each.played)
            if reason:
                return f"call {each.number} {reason}"
        said = self.player.said_otherwise
        if said is not None and any(each.number >= said for each in self._calls):
            return f"call {said} logged or printed something else than recorded, such as the address of an object"
        return ""


def _otherwise(played: Played) -> str:
    """Why a call is not what was recorded; "" if it is."""
    if played.is_guess:
        return "and those after it rest on guessed answers"
    if played.divergence is not None:
        asked = played.divergence.asked
        if asked is not None and asked.name == RAISED:
            return f"raised an exception elsewhere or otherwise than recorded: {log_line(str(asked.arguments[0]))}"
        return "asked for something else than in the recording, and was ended there"
    return "" if played.has_same_result else _result(played.result)


def _result(result: Any) -> str:
    if isinstance(result, Err):
        return f"reported something else than recorded: {log_line(str(result.value))}"
    if isinstance(result, Ending):
        return f"ended otherwise than recorded: {log_line(result.problem)}"
    return "returned something else than recorded"


def _reading(played: Played) -> Any:
    if not isinstance(played.result, str):
        return None
    try:
        return json.loads(played.result)
    except (ValueError, RecursionError):
        return None


_NO_CALL = Call("", (), 0)
