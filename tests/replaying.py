"""Records plugins in a sandbox, and replays their recordings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hostcore.recording.contents import read_recording
from hostcore.recording.model import Header, Recording
from hostcore.recording.recorder import Checkpoints, Recorder
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Played, Run
from hostcore.runtime.plugin import Plugin
from tests.sandbox import Sandbox

AMPLE = 16 << 20
"""Bytes for a recording that no test fills."""


class Recorded:
    """Keeps the recorder of the newest instance of a plugin in a sandbox.

    Args:
        sandbox: runs the plugin.
        most_bytes: bounds the recording.
        checkpoints: makes its checkpoints.
    """

    def __init__(self, sandbox: Sandbox, most_bytes: int = AMPLE, checkpoints: Checkpoints | None = None) -> None:
        self._sandbox, self._most_bytes, self._checkpoints = sandbox, most_bytes, checkpoints
        self.recorder: Recorder | None = None

    def begin(self, header: Header) -> Recorder:
        """Begin the recording of an instance."""
        self.recorder = Recorder(header, self._sandbox.clock, self._most_bytes, self._checkpoints)
        return self.recorder

    def load(self, source: str, *permissions: str, **options: object) -> Plugin:
        """Load a plugin from source text, and record it."""
        return self._sandbox.load(source, *permissions, record=self.begin, **options)

    @property
    def content(self) -> bytes:
        """The recording as a file."""
        assert self.recorder is not None, "a plugin was loaded"
        return self.recorder.snapshot()

    @property
    def recording(self) -> Recording:
        """The recording."""
        return read_recording(self.content)


def replayed(sandbox: Sandbox, recording: Recording, component: Path | None = None) -> Iterator[Played]:
    """Play a whole recording, and yield each call after the start."""
    prepared = prepared_of(sandbox.runtime, recording.header, component=component)
    with closing(Run(sandbox.runtime, prepared, recording)) as run:
        yield from run.beginning()
        yield from run.newest()
