"""The screen of a recorded session: it plays, pauses and jumps, and changes nothing."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from hostcore.errors import RecordingError
from hostcore.events import Event
from hostcore.session_file.played import REFUSAL, PlayedSession
from hostcore.session_file.searching import Found, found_in
from hostcore.view.view import View
from tui.app import HostApp
from tui.bars.player_line import PlayerLine
from tui.text import safe

if TYPE_CHECKING:
    from tui.actions.action import Action

STEP = 0.1
"""Seconds between two steps of the player."""
US_PER_S = 1_000_000
SEARCHED = 200
"""Places of a text that are remembered."""


class PlayedApp(HostApp):
    """A screen of a recorded session.

    Args:
        session: the session, at its begin.
        options: those of `HostApp`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", key_display="Space", priority=True),
        Binding("comma,left_square_bracket", "move(-10)", "10 s", key_display=", ."),
        Binding("full_stop,right_square_bracket", "move(10)", "10 s on", show=False),
        Binding("left_curly_bracket", "move(-60)", "A minute back", show=False),
        Binding("right_curly_bracket", "move(60)", "A minute on", show=False),
        Binding("left_parenthesis", "edge(0)", "To the begin", show=False),
        Binding("right_parenthesis", "edge(1)", "To the end", show=False),
        Binding("less_than_sign", "speed(-1)", "Speed", key_display="< >"),
        Binding("greater_than_sign", "speed(1)", "Faster", show=False),
        Binding("E", "mark(1)", "Error", key_display="E P"),
        Binding("P", "mark(-1)", "Previous error", show=False),
        Binding("ctrl+f", "search", "Find", key_display="^f"),
        Binding("n", "found(1)", "Next place", show=False),
        Binding("N", "found(-1)", "Previous place", show=False),
        Binding("F", "play", "Play, pause", show=False),
        Binding("q", "quit", "Leave"),
    ]
    QUITTING = "Leave the recording"
    no_recording = "This is a recording already: copy its file."

    def __init__(self, session: PlayedSession, **options: Any) -> None:
        super().__init__(session, now_ns=session.now_ns, **options)
        self._played, self.player = session, session.player
        self.player.play()
        self.read_only = REFUSAL
        self.view.connection.is_recorded = True
        self._has_told_unreadable = False
        self._found: list[Found] = []
        self._wanted = ""
        self._search: asyncio.Task[None] | None = None

    @property
    def badges(self) -> tuple[str, ...]:
        """What the screen says of itself first. See `tui.desk.Desk`."""
        return ("REPLAY",)

    def compose(self) -> ComposeResult:
        """The bars of a screen, with that of the player below the first."""
        first, *rest = super().compose()
        yield first
        yield PlayerLine(self, self.player)
        yield from rest

    def _begin(self) -> None:
        """Show the begin, and play."""
        super()._begin()
        self._jump(0)
        self.player.play()
        self.set_interval(STEP, self._step)
        if problem := self.player.file.problem:
            self.say(f"The file is not whole: {problem}")

    def may_save(self) -> bool:
        """Allow it: a file that the person names changes nothing in the recording. See `tui.desk.Desk`."""
        return True

    def action_help(self) -> None:
        """Show the help. The keys of the player come first."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.help import RECORDED_TITLE, help_lines  # noqa: PLC0415

        self.push_screen(Sheet(self, "Help", lambda width: help_lines(self.look, width, RECORDED_TITLE)))

    def ring(self) -> None:
        """Stay silent: an alarm of the past wakes nobody."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Space to a field in which a person types."""
        if action == "play":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and those on the player."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        yield Action("play", "Play the recording, or pause", self.action_play, "Space")
        yield Action("faster", "Play faster", lambda: self.action_speed(1), ">")
        yield Action("slower", "Play slower", lambda: self.action_speed(-1), "<")
        yield Action("back", "Go 10 s back", lambda: self.action_move(-10), ",")
        yield Action("on", "Go 10 s on", lambda: self.action_move(10), ".")
        yield Action("begin", "Go to the begin of the recording", lambda: self.action_edge(0), "(")
        yield Action("end", "Go to the end of the recording", lambda: self.action_edge(1), ")")
        yield Action("error", "Go to the next crash, finding, alarm or fault", lambda: self.action_mark(1), "E")
        yield Action("error previous", "Go to the one before", lambda: self.action_mark(-1), "P")
        yield Action(
            "find", "Go to a text in the log and in events", self.action_search, "Ctrl+F", takes="TEXT",
            with_text=self._find,
        )  # fmt: skip

    def action_play(self) -> None:
        """Play, or pause. At the end, play from the begin."""
        if self.player.is_playing:
            self.player.pause()
        else:
            if self.player.is_at_end:
                self._jump(0)
            self.player.play()
        self.update_panes()

    def action_freeze(self) -> None:
        """Play, or pause: a recording stands still by itself then."""
        self.action_play()

    def action_speed(self, step: int) -> None:
        """Play faster (1) or slower (-1)."""
        self.player.change_speed(step)
        self.update_panes()

    def action_move(self, seconds: int) -> None:
        """Go forward or back."""
        self._jump(self.player.position_us + seconds * US_PER_S)

    def action_edge(self, edge: int) -> None:
        """Go to the begin (0) or the end (1)."""
        self._jump(edge * self.player.end_us)

    def action_mark(self, step: int) -> None:
        """Go to the next (1) or previous (-1) thing that went wrong, and pause there."""
        mark = self.player.mark_after() if step > 0 else self.player.mark_before()
        if mark is None:
            self.say(f"Nothing went wrong {'after' if step > 0 else 'before'} this")
            return
        self._pause_at(mark.at_us)
        self.say(f"{mark.kind}: {mark.text}")

    async def action_search(self) -> None:
        """Ask for a text, and go to its next place."""
        await self.ask("Find in the log and in events", self._wanted, done=self._find)

    def action_found(self, step: int) -> None:
        """Go to the next (1) or previous (-1) place of the text."""
        if not self._wanted:
            self.say("Ctrl+F looks for a text first")
            return
        here = self.player.position_us
        after = [each for each in self._found if each.at_us > here]
        before = [each for each in self._found if each.at_us < here]
        chosen = (after[0] if after else None) if step > 0 else (before[-1] if before else None)
        if chosen is None:
            self.say(f"No place with {safe(self._wanted, 40)} {'after' if step > 0 else 'before'} this")
        else:
            self._pause_at(chosen.at_us)
            self.say(chosen.text)

    def _find(self, text: str) -> None:
        self._wanted, self._found = text.strip(), []
        if self._search is not None:
            self._search.cancel()
        if self._wanted:
            self._search = asyncio.create_task(self._find_all(self._wanted, self.player.position_us))

    async def _find_all(self, text: str, from_us: int) -> None:
        """Look for all places, a part of the file at a time. Go to the first one after `from_us` when it is known."""
        has_gone = False
        try:
            for found in found_in(self.player.file, text):
                if found is None:
                    await asyncio.sleep(0)
                    continue
                if len(self._found) < SEARCHED or found.at_us >= from_us:
                    self._found.append(found)
                if not has_gone and found.at_us > from_us:
                    has_gone = True
                    self.action_found(1)
                if len(self._found) >= 2 * SEARCHED:
                    break
        except RecordingError as error:
            self._complain(str(error))
        if not has_gone:
            earlier = f"; {len(self._found)} before: N" if self._found else ""
            self.say(f"No place with {safe(text, 40)} after this{earlier}")

    def _pause_at(self, at_us: int) -> None:
        self.player.pause()
        self._jump(at_us)

    def _step(self) -> None:
        was_playing = self.player.is_playing
        if events := self.player.advance():
            self._fold(events)
        elif was_playing:
            self.update_panes()
        if was_playing and self.player.problem:
            self._complain(self.player.problem)
        if self.player.unreadable and not self._has_told_unreadable:
            self._has_told_unreadable = True
            version = safe(self.player.file.header.version, 40)
            self.say(f"Some of it is left out: wasi-host {version} wrote it, and this one cannot read all of that")

    def _jump(self, to_us: int) -> None:
        """Go to another place: on from here if that is near, else with a fresh view from the keyframe before it."""
        onward = self.player.forward(to_us)
        if onward is not None:
            self._fold(onward)
            return
        try:
            arrival = self.player.go_to(to_us)
        except RecordingError as error:
            self._complain(str(error))
            return
        view = View(self._played.facts, self._played.plugins())
        with _without_collecting():
            view.fold(arrival.events)
        view.connection.is_recorded, view.connection.is_behind = True, False
        self._take_view(view)

    def _take_view(self, view: View) -> None:
        """Show another view. Screens over the panes belong to the one before."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        view.revision = self.view.revision + 1
        self.view = view
        self.know_host()
        self.panes.meet_view()
        self.panes.settle_problems()
        self.update_panes()

    def _fold(self, events: Iterable[Event]) -> None:
        self.on_host_app_events_arrived(self.EventsArrived(_as_list(events)))


def _as_list(events: Iterable[Event]) -> Sequence[Event]:
    return events if isinstance(events, tuple) else list(events)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Collect no garbage meanwhile: to look for it among many new objects takes longer than to make them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
