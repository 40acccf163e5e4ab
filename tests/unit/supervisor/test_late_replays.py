"""Replays whose modules are loaded late end like those that have begun."""

from __future__ import annotations

from typing import cast

from hostcore.runtime.loader import Runtime
from hostcore.supervisor.late_replays import LateReplays
from tests.unit.recording.test_recording_file import HEADER


def test_no_replay_begins_after_the_end() -> None:
    """A plugin that does not stop can want one when the runtime is being closed."""
    replays = LateReplays(cast("Runtime", None))
    assert replays.stop(1.0)
    assert not replays.reduce(HEADER, [], 0, b"", lambda _checkpoint: None)
