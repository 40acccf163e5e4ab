"""``wasi-host try``: runs one script or plugin alone, on the machine's buses, and prints what it prints and reads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hostcore.cli.one_file import existing_file, granted, plugin_name
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.question import says_yes
from hostcore.cli.running import about_buses, end_by_signals, host_alone, run_host, taken
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.holder import only_host
from hostcore.events import (
    HOST,
    AccessDenied,
    Event,
    EventsDropped,
    Level,
    LogWritten,
    ReadingPublished,
    ScriptEnded,
    State,
    StateChanged,
)
from hostcore.events.event_json import json_text
from hostcore.events.readings import marked
from hostcore.events.stream import Subscription
from hostcore.host import Host
from hostcore.libraries.fetch import fetch_libraries, plugin_metadata
from hostcore.libraries.provided import is_provided
from hostcore.log.log_file import format_json, format_text, levels_from
from hostcore.log.safe_text import log_line
from hostcore.permissions import Permission, covers, parse_permission, use_of
from hostcore.reload.plugin_source import OneFile
from hostcore.runtime.wheel_folder import wheel_store
from hostcore.workshop import Workshop


def try_file(config_file: Path | None, file: Path, grants: Sequence[str]) -> int:
    """Run a file until its script ends, it cannot be used any more, or a signal comes.

    Standard output gets one JSON object for each reading, standard error the log. A denied access is named once. On a
    terminal, the person is asked whether to allow it. No file is changed. If the file's libraries were not fetched
    before, their lock is written beside it.

    Args:
        config_file: the settings file that the person named, if any. Its plugins do not run.
        file: a .py or .wasm file.
        grants: the permissions for this run, as text.

    Returns:
        0; 1 if the file could not be used, or crashed.

    Raises:
        HostError: the file or a permission is wrong, its libraries cannot be fetched, the host cannot start, or a host
            runs with these settings.
    """
    ending = end_by_signals()
    config = find_and_load(config_file)
    source = OneFile(plugin_name(file), existing_file(file), [granted(text, config) for text in grants])
    progress = TerminalProgress()
    _fetch(file, config, progress)
    host = Host(config, progress=progress, source=source)
    trial = Trial(host, source, file.name, progress)
    instead = f"put {file.name} into {config.host.plugins_folder}, where that host takes it up"
    with only_host(host.facts, instead) as warnings:
        for text in (*about_buses(host.facts.buses), *warnings, *_requests(file, source)):
            trial.warn(text)
        status = run_host(host, host_alone(host), trial.print_all, ending, progress)
        trial.print_rest()
    return max(status, trial.status)


class Trial:
    """Prints what the file does, and asks a person about denied accesses.

    Args:
        host: the host that runs it. It has not started.
        source: takes what the person grants.
        file: the file's name.
        progress: takes the lines for standard error.

    Attributes:
        status: 1 if the file cannot be used any more.
    """

    def __init__(self, host: Host, source: OneFile, file: str, progress: TerminalProgress) -> None:
        self._host, self._source, self._file, self._progress = host, source, file, progress
        self._events: Subscription = host.subscribe(
            LogWritten, ReadingPublished, AccessDenied, ScriptEnded, StateChanged
        )
        self._levels = levels_from(host.config.host.log_level)
        self._form: Callable[[LogWritten], str] = format_json if host.config.log.format == "json" else format_text
        self._can_ask = sys.stdin.isatty() and sys.stderr.isatty()
        self._answered = set[Permission]()
        self._is_over = False
        self.status = 0

    def warn(self, text: str) -> None:
        """Write a line of the host to standard error, at every log level."""
        wall_ns = self._host.clock.wall_ns()
        self._progress.line(self._form(LogWritten(wall_ns, HOST, Level.WARNING, log_line(text), by_host=True)))

    def print_all(self) -> None:
        """Print all events, until the script has ended or the file cannot be used any more."""
        while not self._is_over:
            for item in taken(self._events):
                self._print(item.event)

    def print_rest(self) -> None:
        """Print the events that came while the host stopped, such as the traceback of the last crash."""
        self._can_ask = False
        for item in self._events.take(0):
            self._print(item.event)

    def _print(self, event: Event) -> None:
        match event:
            case LogWritten() if event.level in self._levels:
                self._progress.line(self._form(event))
            case ReadingPublished() if not self._is_over:  # a short script may begin again before the host stops
                print(json_text(marked(event.reading, event.simulated)), flush=True)
            case EventsDropped():
                self.warn(f"{event.count} lines and readings were not printed")
            case AccessDenied():
                self._denied(event)
            case ScriptEnded():
                self._is_over = True
            case StateChanged(after=State.BACKOFF | State.QUARANTINED):
                self.status = 1
                self._is_over = True

    def _denied(self, event: AccessDenied) -> None:
        wanted = event.permission
        if wanted in self._answered or covers(self._source.permissions, wanted):
            return
        self._answered.add(wanted)
        if self._can_ask and says_yes(f"May it {use_of(wanted)} in this run"):
            self._host.grant(event.plugin, (wanted,))
        else:
            self.warn(f"{self._file} may not {use_of(wanted)}; to allow it for a run, add: --grant {wanted}")


def _fetch(file: Path, config: Config, progress: TerminalProgress) -> None:
    """Fetch the libraries that a file names, unless they are here."""
    metadata = plugin_metadata(file) if file.suffix == ".py" else None
    if metadata is None or all(map(is_provided, metadata.dependencies)):
        return

    def notice(line: str) -> None:
        progress.line(f"wasi-host: {file.name}: {log_line(line, 1000)}")

    fetch_libraries(str(file), file, wheel_store(config), Workshop(progress), notice)


def _requests(file: Path, source: OneFile) -> Iterator[str]:
    """Yield a line for each permission that the file's metadata asks for, and that is not granted."""
    metadata = plugin_metadata(file) if file.suffix == ".py" else None
    for wanted in metadata.permissions if metadata else ():
        if not covers(source.permissions, parse_permission(wanted)):
            yield f"{file.name} asks for {wanted} in its metadata; to allow it for a run, add: --grant {wanted}"
