"""Traces the replay of a recording, window by window."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hostcore.chips.library import Library
from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Recording
from hostcore.runtime.loader import Runtime
from hostcore.runtime.prepared import Prepared
from hostcore.stepping.trace import Trace


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a trace is."""

    call: int
    """The call under way, from 0."""
    calls: int
    """Number of calls of the recording, so 1 more than the number of the last."""
    steps: int
    """Steps traced up to now; 0 while it plays the calls before the window."""


class Tracer:
    """Traces one version of a plugin on a recording. Each window is traced once and kept (up to `MOST_WINDOWS`).

    Args:
        runtime: runs the replay.
        prepared: the plugin: as it was recorded, or changed (`hostcore.replay.prepared.prepared_of`).
        recording: the recording.
        chips: the chip files to guess answers with that a changed plugin needs; None to end at the first divergence.

    Raises:
        RecordingError: this plugin cannot be traced: it is a component, or the recording is not whole. Says what can be
            done.
    """

    def __init__(
        self, runtime: Runtime, prepared: Prepared, recording: Recording, *, chips: Library | None = None
    ) -> None:
        raise NotImplementedError

    @property
    def calls(self) -> range:
        """Numbers of the calls that can be traced. Others are in no checkpoint, or before it."""
        raise NotImplementedError

    def window(
        self,
        call: int | None = None,
        *,
        stopping: threading.Event | None = None,
        progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> Trace | None:
        """The trace with this call in it; by default with the last call, which crashed if one did.

        Blocks for seconds if it is not kept: call it on a thread of your own. One thread at a time traces; others wait.

        Args:
            call: number of the call, of `calls`.
            stopping: ends the tracing within 0.2 s when it is set.
            progress: is told a few times a second, on this thread.

        Returns:
            The trace; None if it was stopped. `Trace.calls` says which calls it has: the next window begins after it.

        Raises:
            RecordingError: the plugin does not start, the recording is damaged, or the call is not of `calls`.
        """
        raise NotImplementedError
