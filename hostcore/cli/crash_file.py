"""Reads the crash report in a file that came from another computer: a report, or the recording of a crash."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from hostcore.errors import CrashStoreError
from hostcore.events import CrashReport
from hostcore.events.event_json import from_json
from hostcore.files import read_bounded
from hostcore.recording.contents import is_recording, report_in
from hostcore.recording.file import MOST_BYTES

ALONE = "with the file of its recording, which has the same name and ends with .recording"


def report_of(file: Path) -> tuple[CrashReport, str]:
    """Return the report in a file, and how the crash is replayed, for a person. Blocks as long as the disk does.

    Raises:
        CrashStoreError: it cannot be read, or has no report.
    """
    try:
        content = read_bounded(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise CrashStoreError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    is_alone = not is_recording(content)
    found = content if is_alone else report_in(content)
    if found is None:
        raise CrashStoreError(f"{file} is a recording without a crash; to run it: wasi-host replay {file}")
    replay = ALONE if is_alone else f"wasi-host replay {shlex.quote(str(file))}; line by line with --step"
    try:
        return from_json(CrashReport, json.loads(found)), replay
    except (ValueError, RecursionError) as error:
        raise CrashStoreError(f"{file} is no crash report, or a damaged one: {error}") from None
