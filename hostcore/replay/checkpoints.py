"""Makes checkpoints of running instances in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.errors import HostError
from hostcore.recording.contents import packed_checkpoint
from hostcore.recording.model import Checkpoint, Header, Recording
from hostcore.recording.recorder import MOST_PAGES
from hostcore.recording.segments import entries_of
from hostcore.recording.tape import calls_of
from hostcore.replay.memory import checkpoint_of
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Run
from hostcore.replay.worker import Worker
from hostcore.runtime.loader import Runtime


class ReplayedCheckpoints:
    """Makes `Checkpoints` by replaying the beginning of a recording, whose memory explains most of the instance's.

    Args:
        runtime: runs the replays.
        worker: does them.
    """

    def __init__(self, runtime: Runtime, worker: Worker) -> None:
        self._runtime, self._worker = runtime, worker

    @property
    def is_free(self) -> bool:
        """See `Checkpoints`."""
        return self._worker.is_idle

    def reduce(
        self, header: Header, beginning: list[bytes], calls: int, memory: bytes, deliver: Callable[[bytes | None], None]
    ) -> bool:
        """See `Checkpoints`."""

        def job(stopping: threading.Event) -> None:
            if not stopping.is_set():
                deliver(self._guarded(header, beginning, calls, memory))

        return self._worker.do(job)

    def _guarded(self, header: Header, beginning: list[bytes], calls: int, memory: bytes) -> bytes | None:
        try:
            return self._made(header, beginning, calls, memory)
        except Exception:  # noqa: BLE001 - a defect of the host costs the checkpoint, and not the worker's thread
            return None

    def _made(self, header: Header, beginning: list[bytes], calls: int, memory: bytes) -> bytes | None:
        try:
            recorded = Recording(header, tuple(calls_of(entries_of(beginning))), None, ())
            run = Run(self._runtime, prepared_of(self._runtime, header), recorded)
        except (HostError, ValueError):
            return None
        try:
            checkpoint = _checkpoint(run, calls, memory)
        finally:
            run.close()
        if checkpoint is None or len(checkpoint.pages) > MOST_PAGES:
            return None
        return packed_checkpoint(checkpoint)


def _checkpoint(run: Run, calls: int, memory: bytes) -> Checkpoint | None:
    """Reduce a memory by that which a replay of the beginning leaves; None if the replay is not exact."""
    if not all(played.is_exact for played in run.beginning()):
        return None
    loaded = run.memory()
    return None if loaded is None else checkpoint_of(calls, memory, loaded)
