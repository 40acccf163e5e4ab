"""``wasi-host push``: puts a driver into the plugins folder of another computer, and prints its first reading."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path

from hostcore.authoring.place import require_name
from hostcore.cli.receive import LARGEST
from hostcore.cli.statuses import ExitStatus
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import kinds_except
from hostcore.control.ssh import attached_over_ssh, send_over_ssh
from hostcore.errors import CommandLineError, HostError
from hostcore.events import (
    Event,
    Level,
    LogWritten,
    PluginCrashed,
    PluginReloaded,
    ReadingFailed,
    ReadingPublished,
    StateChanged,
)
from hostcore.files import read_bounded
from hostcore.log.safe_text import escaped
from hostcore.toml.reader import shown

KINDS = (StateChanged, PluginReloaded, ReadingPublished, ReadingFailed, PluginCrashed, LogWritten)
PATIENCE = 60.0
"""Seconds for which the first reading is awaited. A driver may be slow to start, or have a long interval."""
COMPONENT_PATIENCE = 600.0
"""The same for a component, which is compiled before. A small computer takes minutes."""
LOOK_SECONDS = 0.3
"""Seconds between two looks whether the file was saved."""
VERSION_DIGITS = 12
"""The hex digits of a digest that are the version of a plugin (`StateChanged.version`)."""


def push(computer: str, config_file: Path | None, file: Path, *, watches: bool) -> int:
    """Put a driver on another computer, and print its first reading. Blocks for a minute at most after it is
    there, and for ten minutes if it is a component.

    Args:
        computer: the computer, as ssh takes it. A host runs there.
        config_file: the settings file there; None for the usual one.
        file: the driver's file, on this computer.
        watches: do so again whenever the file is saved, until a person interrupts.

    Returns:
        0; 1 if the driver fails or crashes.

    Raises:
        CommandLineError: the file is no plugin.
        HostError: the driver cannot be put there, or gives no reading in time.
    """
    if file.suffix not in LARGEST:
        raise CommandLineError(
            f"{file}: found the suffix {shown(file.suffix)}; allowed are drivers in Python (.py) and components (.wasm)"
        )
    name, source = require_name(file.stem), _content(file)
    with attached_over_ssh(computer, config_file, kinds_except(*KINDS)) as session:
        trial = _Trial(session, name, COMPONENT_PATIENCE if file.suffix == ".wasm" else PATIENCE)

        def put(source: bytes) -> int:
            digest = hashlib.sha256(source).hexdigest()
            trial.pass_over()
            send_over_ssh(computer, config_file, ("receive", f"{name}{file.suffix}", digest), source)
            print(f"{escaped(str(file))} is the plugin {name} on {computer}", flush=True)
            return trial.outcome(digest[:VERSION_DIGITS])

        if not watches:
            return put(source)
        while True:
            try:
                put(source)
            except HostError as error:
                print(escaped(str(error)), flush=True)
            source = _saved(file, source)


def _content(file: Path) -> bytes:
    try:
        return read_bounded(file, LARGEST[file.suffix])
    except OSError as error:
        raise HostError(f"{file}: {error.strerror or error}") from None


def _saved(file: Path, before: bytes) -> bytes:
    """Wait until the file has another content, and return it. An editor may remove it for a moment."""
    while True:
        time.sleep(LOOK_SECONDS)
        with suppress(HostError):
            if (now := _content(file)) not in {before, b""}:
                return now


class _Trial:
    """Tells what becomes of each version of a plugin.

    Args:
        session: its host. It is started.
        plugin: the plugin's name.
        patience: the seconds for which its first reading is awaited.
    """

    def __init__(self, session: RemoteSession, plugin: str, patience: float) -> None:
        self._plugin, self._loaded, self._patience = plugin, "", patience
        self._subscription = session.subscribe(*KINDS, capacity=100_000)
        session.start()
        latest = time.monotonic() + PATIENCE
        while not session.has_caught_up and time.monotonic() < latest:
            self.pass_over(0.1)

    def outcome(self, version: str) -> int:
        """Print the first reading, error or crash of a version, and return the exit status. Blocks for `patience`.

        Raises:
            HostError: none came.
        """
        latest = time.monotonic() + self._patience
        while (left := latest - time.monotonic()) > 0:
            for item in self._subscription.take(left):
                self._learn(item.event)
                if (status := self._told(item.event, version)) is not None:
                    return status
        raise HostError(
            f"{self._plugin} gave no reading within {self._patience:.0f} s; wasi-host --on COMPUTER shows why"
        )

    def pass_over(self, seconds: float = 0) -> None:
        """Take in what has happened so far, which tells nothing of the next version. Blocks for `seconds` at most."""
        for item in self._subscription.take(seconds):
            self._learn(item.event)

    def _learn(self, event: Event) -> None:
        """Take in which version is loaded."""
        if isinstance(event, (StateChanged, PluginReloaded)) and event.plugin == self._plugin and event.version:
            self._loaded = event.version

    def _told(self, event: Event, version: str) -> ExitStatus | None:
        match event:
            case ReadingPublished(plugin=self._plugin) if self._loaded == version:
                invented = f" (simulated: {', '.join(map(str, event.simulated))})" if event.simulated else ""
                print(escaped(json.dumps(event.reading, ensure_ascii=False)) + invented, flush=True)
                return ExitStatus.DONE
            case ReadingFailed(plugin=self._plugin) if self._loaded == version:
                print(f"it failed: {escaped(event.error)}", flush=True)
                return ExitStatus.FAILED
            case PluginCrashed(plugin=self._plugin) if event.report.version == version:
                print(f"it crashed: {escaped(event.report.problem)}", flush=True)
                return ExitStatus.FAILED
            case LogWritten(plugin=self._plugin, level=Level.ERROR, by_host=True):
                print(escaped(event.text), flush=True)
                return ExitStatus.FAILED
        return None
