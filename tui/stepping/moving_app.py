"""The moves of a person through a replay, and the tracing that they need."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from hostcore.errors import HostError
from hostcore.events import Event
from hostcore.stepping.beginning import Kind, call_at, is_before, step_at
from hostcore.stepping.model import Assignment, Scope, Shown
from hostcore.stepping.navigation import Breakpoint, Direction, to_crash, to_end_of_call, to_line
from hostcore.stepping.subject import Subject
from tui.desk_app import DeskApp
from tui.stepping.seeking import Sought, class_of, origin_in
from tui.stepping.session import RecordedSession
from tui.stepping.tracing import Tracing
from tui.stepping.travel import LINES, Move, Stop, Travel, Wish
from tui.stepping.window import Window
from tui.stepping.words import LONGEST
from tui.terminal import Terminal
from tui.text import safe

STARTING = "Preparing the replay ..."


class MovingApp(DeskApp):
    """An app in which a person moves through a replay.

    Args:
        subject: what they step through.
        terminal: what can be drawn; by default what this process's terminal can draw.

    Attributes:
        subject: as above.
        travel: where the person is.
        told: see `tui.stepping.step_desk.StepDesk`.
        problem: see there.
    """

    def __init__(self, subject: Subject, terminal: Terminal | None = None) -> None:
        self._session = RecordedSession(subject)
        super().__init__(terminal, time.time_ns, is_remote=False)
        self.meet(self._session)
        self.view.connection.is_recorded = True
        self.subject, self.travel = subject, Travel()
        self.told, self.problem = STARTING, ""
        self.after_defect = "Nothing else has ended. wasi-host replay works without the screen."
        self._calls = range(0)
        self._tracing = Tracing(
            subject,
            self._session.plugin,
            deliver=self.call_later,
            tell=self._tell,
            failed=self._fail,
            stopped=self._stopped,
        )

    def moved(self) -> None:
        """Show another place. See `StepDesk`."""
        raise NotImplementedError

    def paint_place(self) -> None:
        """Draw what is told of the place."""
        raise NotImplementedError

    def take_keys(self) -> None:
        """Let keys move from now on: there is a first place, or will be none."""
        raise NotImplementedError

    @property
    def last_call(self) -> int:
        """The number of the last call that can be traced. See `StepDesk`."""
        return self._calls.stop - 1

    def _deliver(self, batch: Sequence[Event]) -> None:
        """Take no events: a recording has none."""

    def _tell(self, text: str) -> None:
        self.told = text
        self.paint_place()

    def _stopped(self) -> None:
        """Tell that the person has stopped the tracing."""
        if self.travel.window is None:
            self.problem = "Stopped before anything was traced: q leaves"
            self.take_keys()
        self._tell("Stopped: the place is as before")

    def _fail(self, error: Exception) -> None:
        """Tell why it cannot be traced. Anything but a `HostError` is a defect."""
        if not isinstance(error, HostError):
            self._handle_exception(error)
            return
        if self.travel.window is None:
            self.problem = str(error)
            self.take_keys()
        self._tell(str(error))

    def begin(self) -> None:
        """Begin to trace."""
        call = call_at(self.subject.recording, self.subject.begin)
        self._tracing.trace(call, partial(self._begin, call))

    def _begin(self, call: int | None, window: Window, calls: range) -> None:
        """Enter the first window."""
        self._calls, self._session.trace = calls, window.trace
        subject, words = self.subject, ""
        if call is not None and call not in calls:
            words = f"Call {call} cannot be traced: calls {calls[0]} to {calls[-1]} can"
            call = max(calls[0], min(call, calls[-1]))
        if is_before(subject.recording, subject.begin):
            words = "The recording does not go back so far any more: this is the oldest call that it has"
        elif subject.begin.kind is Kind.TRANSFER:
            words = "this line makes the transfer"
        step = step_at(window.trace, subject.begin, call, self.travel.folds)
        if not len(window.trace):
            self.problem = window.trace.missing or "no line of the driver was traced"
        self.travel.enter(window, step if step is not None else max(0, len(window.trace) - 1))
        self.told = words
        self.moved()
        self.take_keys()

    def action_go(self, move: str, way: int) -> None:
        """Go forward (1) or back (-1) in time."""
        if not self._is_free():
            return
        wanted, direction = Move[move.upper()], Direction(way)
        if wanted is Move.BREAKPOINT and not self.travel.breakpoints:
            self._tell("There is no breakpoint: b sets one on the line under the cursor of the source")
            return
        found = self.travel.find(wanted, direction)
        if found is not None:
            self._arrive(found, is_line=wanted in LINES)
            return
        beyond = self.travel.beyond(direction, self._calls)
        if beyond is None:
            self._tell(_nothing_more(wanted, direction))
        else:
            self._pursue(Wish(wanted, direction, beyond))

    def _is_free(self) -> bool:
        """Whether a key can move now."""
        if self._tracing.is_busy or not self.travel.has_steps:
            return False
        self.told = ""
        return True

    def _arrive(self, step: int, *, is_line: bool) -> None:
        if is_line:
            self.travel.step, self.travel.level = step, 0
        else:
            self.travel.jump(step)
        self.moved()

    def _pursue(self, wish: Wish) -> None:
        """Trace the window next to this one, and go on there."""
        self._tell(f"Tracing call {wish.call} ...")
        self._tracing.trace(wish.call, partial(self._pursued, wish))

    def _pursued(self, wish: Wish, window: Window, calls: range) -> None:
        self._calls = calls
        is_there = self.travel.fulfil(wish, window)
        self._session.trace = self.travel.trace
        self.told = ""
        if not is_there:
            beyond = self.travel.beyond(wish.direction, calls)
            if beyond is not None and beyond != wish.call:
                self._pursue(Wish(wish.move, wish.direction, beyond))
                return
            self.told = _nothing_more(wish.move, wish.direction)
        self.moved()

    def jump(self, step: int | None, words: str) -> None:
        """Go to a step of this window. See `StepDesk`."""
        self.told = words
        if step is not None and step != self.travel.step:
            self.travel.jump(step)
            self.moved()
        else:
            self.paint_place()

    def run_to(self, place: Breakpoint) -> None:
        """Run to a line. See `StepDesk`."""
        if not self._is_free():
            return
        travel = self.travel
        found = to_line(travel.trace, travel.step, Direction.FORWARD, (place,))
        words = ""
        if found is None:
            found = to_line(travel.trace, travel.step, Direction.BACK, (place,))
            words = f"line {place.line} does not run any more in the traced calls: this is the time before"
        if found is None:
            words = f"line {place.line} does not run in the traced calls"
        self.jump(found, words)

    def origin(self, shown: Shown, path: tuple[str, ...]) -> None:
        """Go to the line that set a value, also in earlier calls. See `StepDesk`."""
        if not self._is_free():
            return
        travel, name = self.travel, safe(".".join(path), LONGEST)
        found = travel.trace.origin(shown.variable, travel.step)
        earlier = travel.beyond(Direction.BACK, self._calls)
        if found is None:
            self._tell(f"{name} has no value here")
        elif found.by < 0 and earlier is not None and shown.variable.scope is not Scope.LOCAL:
            code = travel.looked_at[0].code
            self._seek(Sought(code.file, class_of(code.function), path, shown.value.text, name), earlier)
        else:
            self.go_to(found, name)

    def _seek(self, sought: Sought, call: int) -> None:
        """Look for the origin of a value in the window of an earlier call."""
        self._tell(f"{sought.name} was set earlier: tracing call {call} ...")
        self._tracing.trace(call, partial(self._sought, sought))

    def _sought(self, sought: Sought, window: Window, calls: range) -> None:
        self._calls = calls
        found, first = origin_in(window.trace, sought), window.trace.calls[0].number
        if found is not None and found.by >= 0:
            self.travel.leave_for(window, found.by)
            self._session.trace = window.trace
            self._tell_origin(found, sought.name)
            self.moved()
        elif first - 1 in calls:
            self._seek(sought, first - 1)
        else:
            self._tell(f"{sought.name} was set before call {first}, the first that can be traced")

    def _tell_origin(self, found: Assignment, name: str) -> None:
        step, call = self.travel.trace.step(found.by), self.travel.trace.call_of(found.by)
        self._tell(f"{name} was set by line {step.line} (call {call.number}). Backspace goes back")

    def go_to(self, assignment: Assignment, name: str) -> None:
        """Go to where a variable got a value. See `StepDesk`."""
        travel = self.travel
        if not self._is_free():
            return
        if assignment.by < 0:
            first = travel.trace.calls[0].number
            self._tell(f"{name} was set before call {first}, where the traced calls begin: R goes further back")
            return
        self.jump(assignment.by, "")
        self._tell_origin(assignment, name)

    async def action_back(self) -> None:
        """Go back to the place before the last run."""
        if self._is_free():
            if (stop := self.travel.back()) is None:
                self._tell("There is no place to go back to")
            else:
                self._return_to(stop)

    def _return_to(self, stop: Stop) -> None:
        step = self.travel.step_of(stop)
        if step is not None:
            self._arrive(step, is_line=True)
        else:
            self._tell(f"Tracing call {stop.call} ...")
            self._tracing.trace(stop.call, partial(self._returned, stop))

    def _returned(self, stop: Stop, window: Window, calls: range) -> None:
        self._calls, self._session.trace, self.told = calls, window.trace, ""
        before, self.travel.window = self.travel.window, window
        step = self.travel.step_of(stop)
        if step is None:
            self.travel.window = before
            self.told = f"call {stop.call} was not traced"
        else:
            self.travel.enter(window, step)
        self.moved()

    def action_crash(self) -> None:
        """Go to the crash."""
        if self._is_free():
            found = to_crash(self.travel.trace, self.travel.folds)
            self.jump(found, "this is where it crashed" if found is not None else "no crash in the traced calls")

    def action_end_of_call(self) -> None:
        """Go to the end of the call."""
        if self._is_free():
            trace = self.travel.trace
            call = trace.call_of(self.travel.step)
            self.jump(to_end_of_call(trace, call.number, self.travel.folds), "this is the end of the call")

    def action_look(self, steps: int) -> None:
        """Look at the caller of the frame (1), or at what it called (-1)."""
        if self._is_free():
            if not self.travel.look(steps):
                self.told = "this is the outermost function" if steps > 0 else "this is where the step is"
            self.moved()


def _nothing_more(move: Move, direction: Direction) -> str:
    way = "after this" if direction is Direction.FORWARD else "before this"
    return f"No {move.value} {way}: the recording has no more"
