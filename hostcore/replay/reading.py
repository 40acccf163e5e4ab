"""Reads the file of a recording that a person names."""

from __future__ import annotations

from pathlib import Path

from hostcore.errors import RecordingError
from hostcore.files import read_bounded
from hostcore.recording.contents import read_recording
from hostcore.recording.model import Recording

MOST_BYTES = 256 << 20
"""The largest file that is read. A recording of the largest allowed bound has less than half of it."""


def recording_in(file: Path) -> Recording:
    """Read a recording. Blocks as long as the disk does, and for about 30 ms for each thousand calls.

    Raises:
        RecordingError: it cannot be read, or is no recording.
    """
    try:
        return read_recording(read_bounded(file, MOST_BYTES))
    except OSError as error:
        raise RecordingError(f"{file}: {error.strerror or error}") from None
    except ValueError as problem:
        raise RecordingError(f"{file}: {problem}") from None
