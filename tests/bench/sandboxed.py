"""Shipped plugins with the settings of host.toml, in a sandbox on virtual or real time."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.clock import Clock
from hostcore.config.model import PluginSettings
from hostcore.events import Level
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import Plugin
from hostcore.workshop import Progress, Workshop, no_progress
from tests.bench.plain import cache_folder
from tests.sandbox import Sandbox

MOST_EVENTS = 50
"""Number of events that are kept. A host's flight recorder also keeps only this number of transfers."""


@contextmanager
def sandbox_on(clock: Clock, progress: Progress = no_progress) -> Iterator[Sandbox]:
    """A sandbox that uses the host's own cache."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder), cache_folder(), clock, Workshop(progress))
        sandbox.events = deque(maxlen=MOST_EVENTS)
        try:
            yield sandbox
        finally:
            sandbox.close()


def load(sandbox: Sandbox, plugin: PluginSettings, *, record: Callable[[Header], Recorder] | None = None) -> Plugin:
    """Load a shipped plugin with its permissions and settings. Its log lines are dropped.

    Args:
        sandbox: runs it.
        plugin: the plugin.
        record: begins its recording; by default, there is none.
    """
    permissions = [str(each) for each in plugin.permissions]
    return sandbox.load_file(plugin.path, *permissions, log=forget, settings=plugin.settings, record=record)


def forget(_level: Level, _line: str) -> None:
    """Drop a log line. A host that runs for days does not keep a plugin's log in memory either."""


def replace_import(plugin: Plugin, name: str, function: Callable[..., object]) -> None:
    """Replace the host function of a plugin's import."""
    instance = plugin._instance
    pairs = zip(instance.imports, instance.functions, strict=True)
    instance.functions = tuple(function if called.name.endswith(name) else before for called, before in pairs)
