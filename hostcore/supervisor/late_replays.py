"""The replays that checkpoints and deaths need. Their modules are loaded when the first one begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hostcore.late_part import LatePart

if TYPE_CHECKING:
    from hostcore.recording.model import Header
    from hostcore.replay.checkpoints import ReplayedCheckpoints
    from hostcore.replay.worker import Worker
    from hostcore.runtime.loader import Runtime
    from hostcore.runtime.tracing import TracedPlace
    from hostcore.supervisor.post_mortem import Death
    from hostcore.supervisor.replay_locator import ReplayLocator


class LateReplays:
    """Makes `Checkpoints`, and is a `DeathLocator`, by replays on a thread of its own.

    Args:
        runtime: runs the replays.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._worker = LatePart(self._make_worker)
        self._checkpoints = LatePart(self._make_checkpoints)
        self._locator = LatePart(self._make_locator)

    @property
    def is_free(self) -> bool:
        """See `Checkpoints`."""
        return self._checkpoints.part.is_free

    def reduce(
        self, header: Header, beginning: list[bytes], calls: int, memory: bytes, deliver: Callable[[bytes | None], None]
    ) -> bool:
        """See `Checkpoints`."""
        return self._checkpoints.part.reduce(header, beginning, calls, memory, deliver)

    def search(self, death: Death, found: Callable[[TracedPlace | None], None]) -> bool:
        """See `DeathLocator`."""
        return self._locator.part.search(death, found)

    def stop(self, seconds: float) -> bool:
        """End the replays, and begin no more. Blocks for up to `seconds`. Returns whether they have ended."""
        return self._worker.part.stop(seconds)  # also one that nobody has used: a plugin that still runs could need it

    def _make_worker(self) -> Worker:
        from hostcore.replay.worker import Worker  # noqa: PLC0415 - see the module's docstring

        return Worker()

    def _make_checkpoints(self) -> ReplayedCheckpoints:
        from hostcore.replay.checkpoints import ReplayedCheckpoints  # noqa: PLC0415

        return ReplayedCheckpoints(self._runtime, self._worker.part)

    def _make_locator(self) -> ReplayLocator:
        from hostcore.supervisor.replay_locator import ReplayLocator  # noqa: PLC0415

        return ReplayLocator(self._runtime, self._worker.part)
