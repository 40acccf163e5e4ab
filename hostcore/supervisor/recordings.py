"""The recordings of a host's plugins: bounded in memory, with checkpoints that are made in the background."""

from __future__ import annotations

from datetime import UTC, datetime

from hostcore.clock import NS_PER_S, Clock
from hostcore.config.recording import RecordingSettings
from hostcore.errors import RecordingError
from hostcore.events.facts import KeptRecording
from hostcore.recording.folder import RecordingFolder
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.loader import Runtime
from hostcore.supervisor.late_replays import LateReplays

KIB = 1024
STOP_SECONDS = 0.5
"""Most seconds to wait for a replay to end."""


class Recordings:
    """Begins the recordings of all plugins. For any thread.

    Args:
        settings: whether plugins are recorded, and how much of each is kept.
        runtime: runs the replays that checkpoints need.
        clock: times the calls.
        folder: keeps the recordings of stops and those that a person asks for; None if none is kept.
    """

    def __init__(
        self, settings: RecordingSettings, runtime: Runtime, clock: Clock, folder: RecordingFolder | None
    ) -> None:
        self._settings, self._clock, self._folder = settings, clock, folder
        self.locator = self._replays = LateReplays(runtime)
        """Finds the places of deaths."""

    def seat(self) -> RecordingSeat | None:
        """The seat for the recorder of a new instance; None if nothing is recorded."""
        return RecordingSeat(self) if self._settings.enabled else None

    def begin(self, header: Header) -> Recorder:
        """Begin the recording of a new instance."""
        return Recorder(header, self._clock, self._settings.plugin_kib * KIB, self._replays, can_sleep=self.may_sleep)

    def keep_at_stop(self, plugin: str, recorder: Recorder) -> None:
        """Write a plugin's recording, unless host.toml turns that off. Blocks as long as the disk does.

        Raises:
            RecordingError: it cannot be written.
        """
        if self._folder is not None and self._settings.at_stop:
            self._folder.keep(plugin, recorder.snapshot())

    def keep(self, plugin: str, recorder: Recorder) -> KeptRecording:
        """Write a plugin's recording to a new file, because a person asks for it. Blocks as long as the disk does.

        Raises:
            RecordingError: it cannot be written, or these plugins leave no trace.
        """
        if self._folder is None:
            raise RecordingError(f"{plugin}: no recording of a file that is only tried is kept")
        content, now = recorder.snapshot(), datetime.fromtimestamp(self._clock.wall_ns() // NS_PER_S, UTC)
        return KeptRecording(self._folder.keep(plugin, content, f"{now:%Y%m%dT%H%M%SZ}"), len(content))

    @property
    def may_sleep(self) -> bool:
        """Whether plugins sleep while the host does not run."""
        return self._settings.wake and self._folder is not None

    def put_to_sleep(self, plugin: str, content: bytes) -> None:
        """Write the file of a plugin that sleeps. Blocks as long as the disk does.

        Raises:
            RecordingError: it cannot be written.
        """
        if self._folder is not None:
            self._folder.put_to_sleep(plugin, content)

    def take_sleeping(self, plugin: str) -> bytes | None:
        """Remove the file of a plugin that sleeps, so that it wakes once, and return it.

        Returns:
            None if there is none, or plugins do not wake any more.
        """
        content = self._folder.take_sleeping(plugin) if self._folder is not None else None
        return content if self._settings.wake else None

    def stop(self) -> bool:
        """End the replays. Blocks for up to `STOP_SECONDS`.

        Returns:
            Whether they have ended. While they have not, the runtime must not be closed.
        """
        return self._replays.stop(STOP_SECONDS)


class RecordingSeat:
    """The place of one instance's recorder. It is empty until the instance starts."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self.recorder: Recorder | None = None

    def keep_at_stop(self, plugin: str) -> None:
        """See `Recordings.keep_at_stop`."""
        if self.recorder is not None:
            self._recordings.keep_at_stop(plugin, self.recorder)

    @property
    def may_sleep(self) -> bool:
        """See `Recordings.may_sleep`."""
        return self._recordings.may_sleep

    def put_to_sleep(self, plugin: str, content: bytes) -> None:
        """See `Recordings.put_to_sleep`."""
        self._recordings.put_to_sleep(plugin, content)

    def begin(self, header: Header) -> Recorder:
        """Begin the instance's recording."""
        self.recorder = self._recordings.begin(header)
        return self.recorder
