"""Finds the recording that a person means: a file, a crash report, or what a running host has of a plugin."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.lines import say
from hostcore.clock import NS_PER_S, RealClock, duration
from hostcore.config.model import Config
from hostcore.control.awaited import awaited_host
from hostcore.errors import CommandLineError, HostError, RecordingError
from hostcore.files import read_bounded
from hostcore.log.safe_text import escaped
from hostcore.parts import crash_store
from hostcore.recording.file import MOST_BYTES, SUFFIX
from hostcore.recording.folder import recording_folder_of
from hostcore.supervisor.crash_store import WITHOUT

CRASH = "crash"
"""The word before the number of a crash report."""
REPORT = ".json"


def recording_content(config: Config, what: str, number: int | None) -> bytes:
    """Return the content of a recording. Blocks as long as the disk or the running host does.

    Args:
        config: the settings, whose folder of crash reports and whose running host are meant.
        what: the file of a recording or of a crash report, ``crash``, or the name of a plugin.
        number: the crash report, from 1 (the newest) on.

    Raises:
        HostError: there is no such recording.
    """
    if what == CRASH:
        return _read(_of_crash(config, number or 1))
    if number is not None:
        raise CommandLineError(f"a number belongs to a crash: wasi-host replay {CRASH} {number}")
    if "." in what or "/" in what or Path(what).is_file():
        return _read(_beside(Path(what)))
    return _of_plugin(config, what)


def _of_crash(config: Config, wanted: int) -> Path:
    store = crash_store(config)
    found = store.reports()
    if not 1 <= wanted <= len(found):
        there_are = f"1 to {len(found)}, 1 is the newest" if found else f"none in {store.folder}"
        raise RecordingError(f"there is no crash report {wanted}; there are {there_are}")
    recording = found[wanted - 1].recording
    if recording is None:
        raise RecordingError(f"crash report {wanted} has no recording: {WITHOUT}")
    return recording


def _beside(file: Path) -> Path:
    """The file, or the recording beside it if it is a crash report."""
    if file.suffix != REPORT:
        return file
    recording = file.with_suffix(SUFFIX)
    if file.is_file() and not recording.is_file():
        raise RecordingError(f"the crash report {file} has no recording beside it: {WITHOUT}")
    return recording


def _read(file: Path) -> bytes:
    try:
        return read_bounded(file, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise RecordingError(f"{file}: {getattr(error, 'strerror', None) or error}") from None


def _of_plugin(config: Config, plugin: str) -> bytes:
    """What the running host has in memory of a plugin, or else what was kept of it."""
    tell = lambda host: say(f"{escaped(str(host))}; its plugins cannot be replayed", is_result=False)  # noqa: E731
    host = awaited_host(config.path, tell)
    if host is not None:
        return host.recording(plugin)
    kept = recording_folder_of(config).newest(plugin)
    if kept is None:
        raise HostError(
            f"{plugin}: there is no such file, no host runs with {config.path}, and none has kept a recording of a "
            "plugin of this name; name the file of a recording, or start the host: wasi-host up"
        )
    age = duration(max(0, RealClock().wall_ns() - kept.written_ns) / NS_PER_S)
    say(f"no host runs; {kept.path} is from its stop or a person's request, {age} ago", is_result=False)
    return _read(kept.path)
