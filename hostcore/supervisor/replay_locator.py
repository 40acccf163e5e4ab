"""Finds the place of a death by a replay of the plugin's recording, in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.errors import DefectError
from hostcore.recording.contents import read_recording
from hostcore.replay.locating import place_of_death
from hostcore.replay.worker import Worker
from hostcore.runtime.loader import Runtime
from hostcore.runtime.tracing import TracedPlace, is_worth_a_replay
from hostcore.supervisor.post_mortem import Death


class ReplayLocator:
    """A `DeathLocator` that replays the recording in an instance that reports every step.

    Args:
        runtime: runs the replay.
        worker: does it.
    """

    def __init__(self, runtime: Runtime, worker: Worker) -> None:
        self._runtime, self._worker = runtime, worker

    def search(self, death: Death, found: Callable[[TracedPlace | None], None]) -> bool:
        """See `DeathLocator`. Only Python in the shared runtime can be traced, and a script is not."""
        prepared = death.prepared
        if death.recorder is None or prepared.source is None or death.call == "run":
            return False
        if not is_worth_a_replay(death.crash, prepared.spec.path.name):
            return False
        content = death.recorder.snapshot()

        def job(stopping: threading.Event) -> None:
            found(self._place(content, stopping))

        return self._worker.do(job)

    def _place(self, content: bytes, stopping: threading.Event) -> TracedPlace | None:
        try:
            return place_of_death(self._runtime, read_recording(content), stopping)
        except Exception as defect:  # noqa: BLE001 - a defect of the host costs the place, and not the worker's thread
            return TracedPlace("", f"The place of the crash is not known: {DefectError(defect)}")
