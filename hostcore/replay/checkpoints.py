"""Makes checkpoints of running instances in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.errors import HostError
from hostcore.recording.contents import packed_checkpoint
from hostcore.recording.model import Header, Recording
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
        loaded = self._loaded(header, beginning)
        if loaded is None:
            return None
        checkpoint = checkpoint_of(calls, memory, loaded)
        return packed_checkpoint(checkpoint) if len(checkpoint.pages) <= MOST_PAGES else None

    def _loaded(self, header: Header, beginning: list[bytes]) -> bytes | None:
        """The memory after a replay of the beginning; None if that is not exact."""
        try:
            calls = tuple(calls_of(entries_of(beginning)))
            run = Run(self._runtime, prepared_of(self._runtime, header), Recording(header, calls, None, ()))
        except (HostError, ValueError):
            return None
        try:
            is_exact = all(played.is_exact for played in run.beginning())
            return run.memory() if is_exact else None
        finally:
            run.close()
