"""A copy of a recording for the process that replays it, so that the host's own process never does."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hostcore.errors import HostError

NAME = "replayed.recording"
"""The plugin's own name is in it, and may be none for a file."""


@contextmanager
def recording_copy(plugin: str, content: bytes) -> Iterator[Path]:
    """Make a context with the file of a recording, which only this user can read. It is removed after that.

    Args:
        plugin: the plugin's name, for the error.
        content: the recording.

    Raises:
        HostError: the copy cannot be written.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="wasi-host-"))  # for its owner alone
    except OSError as error:
        raise HostError(f"no copy of the recording of {plugin} can be written here: {error}") from None
    try:
        file = folder / NAME
        try:
            file.touch(mode=0o600)
            file.write_bytes(content)
        except OSError as error:
            raise HostError(f"no copy of the recording of {plugin} can be written here: {error}") from None
        yield file
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replay_command(file: Path, place: str, settings: Path | None) -> Sequence[str]:
    """Return the program and the arguments that step through a recording.

    Args:
        file: the recording.
        place: where to begin, as ``--at`` takes it.
        settings: the settings file of the host; None for the usual one.
    """
    chosen = () if settings is None else ("--config", str(settings))
    return sys.executable, "-P", "-m", "tui", *chosen, "replay", str(file), "--step", "--at", place
