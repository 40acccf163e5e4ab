"""What a person steps through: a recording, the version of the driver that runs on it, and where to begin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hostcore.quick_dataclass import dataclass
from hostcore.recording.model import Recording
from hostcore.stepping.beginning import Beginning
from hostcore.stepping.tracer import Tracer


@dataclass(frozen=True, slots=True)
class Subject:
    """A recording to step through."""

    recording: Recording
    begin: Beginning
    prepare: Callable[[Callable[[str], None]], Tracer]
    """Makes what traces it, for seconds: call it on a thread of its own. Takes what is told of the progress, in one
    line, and raises `HostError`."""
    version: str = ""
    """The name of the file of another version of the driver that runs; "" for the recorded version."""
    chips_folder: Path | None = None
    """The folder of a person's own chip files."""
