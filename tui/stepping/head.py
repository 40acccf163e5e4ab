"""The lines above the source: that this is a replay, the place in it, the stack, and what happens there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.segment import Segment

from hostcore.stepping.model import StepKind
from tui.lines import Line, LinesWidget, width_of
from tui.stepping.step_desk import StepDesk
from tui.stepping.words import call_words, file_words, moment_words, result_words, stack_words, step_words
from tui.text import safe
from tui.wrapping import cut

REPLAY = " REPLAY "
SIMULATED = " SIMULATED "
APPROXIMATE = " APPROXIMATE "
GUESS = " GUESSES "


class Head(LinesWidget):
    """Four lines: the marks and the place; the stack; what happens; what the last key has led to.

    Args:
        desk: the screen around it.
    """

    desk: StepDesk

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the lines."""
        travel = self.desk.travel
        yield self._first(width)
        if travel.has_steps:
            yield self._stack(width)
            yield cut(list(self._event()), width)
        else:
            yield []
            yield []
        yield self._told(width)

    def _first(self, width: int) -> Line:
        marks, place = list(self._marks()), list(self._place())
        room = width - width_of(marks)
        return [*marks, *cut(place, room)]

    def _marks(self) -> Iterator[Segment]:
        subject, travel, look = self.desk.subject, self.desk.travel, self.look
        yield Segment(REPLAY, look.current)
        if subject.recording.header.simulated:
            yield Segment(SIMULATED, look.simulated)
        if travel.window is not None and travel.trace.approximate:
            yield Segment(APPROXIMATE, look.alarm)
        if travel.window is not None and any(each.is_guess for each in travel.trace.transfers):
            yield Segment(GUESS, look.alarm)
        yield Segment(" ")

    def _place(self) -> Iterator[Segment]:
        """The plugin, the call, the step in it, and the recorded time."""
        subject, travel, look = self.desk.subject, self.desk.travel, self.look
        version = f" (as {file_words(subject.version)})" if subject.version else ""
        yield Segment(f"{safe(subject.recording.header.plugin, 40)}{version}  ", look.strong)
        if not travel.has_steps:
            return
        call = travel.trace.call_of(travel.step)
        steps = call.end - call.first
        yield Segment("call ", look.muted)
        yield Segment(f"{call.number} of {self.desk.last_call} {call_words(call)}  ")
        yield Segment("step ", look.muted)
        yield Segment(f"{travel.step - call.first + 1} of {steps}  ")
        yield Segment(moment_words(travel.here.time_ns), look.muted)

    def _stack(self, width: int) -> Line:
        """The frames from the outermost to the innermost; the outer ones give way. The chosen one is marked."""
        travel, look = self.desk.travel, self.look
        parts = [stack_words(frame, line) for frame, line in travel.stack]
        chosen = min(travel.level, max(0, len(parts) - 1))
        line: Line = []
        for level, part in enumerate(parts):
            is_chosen = level == chosen
            text = f"[{part}]" if is_chosen and len(parts) > 1 else part
            piece: Line = [Segment(text, look.strong if is_chosen else look.plain)]
            if level + 1 < len(parts):
                piece.insert(0, Segment(" > ", look.muted))
            if width_of(line) + width_of(piece) > width - 4 and level > chosen:
                return [Segment("...", look.muted), *line]
            line = [*piece, *line]
        return line

    def _event(self) -> Iterator[Segment]:
        travel, look = self.desk.travel, self.look
        step = travel.here
        yield Segment(step_words(step), look.bad if step.kind is StepKind.RAISE else look.plain)
        call = travel.trace.call_of(travel.step)
        if travel.step == call.end - 1 and (words := result_words(call, step.raised)):
            yield Segment(f"; the call {words}", look.bad if words.startswith("crashed") else look.accent)

    def _told(self, width: int) -> Line:
        """What is going on; else what is approximate or missing."""
        desk = self.desk
        if desk.problem:
            return cut([Segment(safe(desk.problem), self.look.bad)], width)
        if desk.told:
            return cut([Segment(safe(desk.told), self.look.warn)], width)
        if desk.travel.window is None:
            return []
        trace = desk.travel.trace
        words = f"Approximate: {safe(trace.approximate)}" if trace.approximate else safe(trace.missing)
        return cut([Segment(words, self.look.muted)], width)
