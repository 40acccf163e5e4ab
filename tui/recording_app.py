"""The app that records: all that its session says goes into a file while a person wants it, for `wasi-host replay`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.errors import HostError
from tui.layout_app import LayoutApp
from tui.text import safe

if TYPE_CHECKING:
    from hostcore.session_file.recorder import SessionRecorder
    from tui.actions.action import Action


class RecordingApp(LayoutApp):
    """An app whose session can be recorded, on this computer.

    Attributes:
        no_recording: why it cannot, as a sentence; "" if it can.
    """

    no_recording = ""
    _recorder: SessionRecorder | None = None

    @property
    def badges(self) -> tuple[str, ...]:
        """What the screen says of itself first. See `tui.desk.Desk`."""
        if self._recorder is None:
            return super().badges
        from hostcore.session_file.words import in_short  # noqa: PLC0415 - only while it records

        return (*super().badges, f"REC {in_short(self._recorder.seconds, self._recorder.bytes)}")

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and the one that records."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        if self._recorder is not None:
            yield Action("record stop", "End the recording of the session", self.action_record, "Ctrl+R")
            return
        yield Action(
            "record",
            "Record the session into a file, for wasi-host replay",
            self.action_record,
            "Ctrl+R",
            takes="FILE",
            with_text=self._begin_recording,
            problem=self.read_only or self.no_recording,
        )

    async def action_record(self) -> None:
        """Ask for a file, and record into it from now on; or end the recording."""
        if self._recorder is not None:
            self._end_recording()
        elif self.no_recording:
            self._complain(self.no_recording)
        elif self.may_change():
            name = f"wasi-host-{datetime.now():%Y%m%d-%H%M%S}.session"
            await self.ask("Record the session to", name, check=_require_new, done=self._begin_recording)

    def on_unmount(self) -> None:
        """Give a recording its end. Textual calls this."""
        if self._recorder is not None:
            self._recorder.stop("the screen was left")

    @property
    def far_computer(self) -> str:
        """The computer of the host, as ssh takes it; "" for this one."""
        return self.view.connection.computer

    def _begin_recording(self, name: str) -> None:
        from hostcore.session_file.recorder import SessionRecorder, Wish  # noqa: PLC0415 - only if it records

        if not name.strip() or self._recorder is not None:
            return
        far = self.far_computer
        try:
            _require_new(name)
            wish = Wish(Path(name.strip()).expanduser(), is_far=bool(far), computer=far)
            recorder = SessionRecorder(self.session, wish, ended=partial(self.call_later, self._recording_ended))
            recorder.start()
        except (HostError, ValueError, RuntimeError) as error:  # RuntimeError: ~ of an unknown user
            self._complain(str(error))
            return
        self._recorder = recorder
        doubt = " The settings are on another computer: only what looks like a secret is left out." if far else ""
        self.say(f"Recording to {recorder.file}. Ctrl+R ends it.{doubt}")
        self.update_panes()

    def _end_recording(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.stop()
            self.say(f"{recorder.file} is written. Show it anywhere: wasi-host replay {recorder.file}")
        self.update_panes()

    def _recording_ended(self) -> None:
        """Say why a recording has ended by itself."""
        recorder = self._recorder
        if recorder is not None and not recorder.is_running:
            self._recorder = None
            self._complain(f"The recording has ended: {recorder.reason}. {recorder.file} can be shown up to there")
            self.update_panes()


def _require_new(name: str) -> None:
    """Require the name of a file that is not there.

    Raises:
        ValueError: there is one.
    """
    if name.strip() and os.path.lexists(Path(name.strip()).expanduser()):
        raise ValueError(f"a name that is not taken: {safe(name.strip(), 60)} exists already")
