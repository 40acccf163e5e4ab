"""What a replay runs on: a runtime without buses and outputs, and the version of the plugin that is replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hostcore.actuators import Actuators
from hostcore.buses.shared import Buses
from hostcore.clock import RealClock
from hostcore.config.model import Config
from hostcore.errors import PluginFileError, RecordingError
from hostcore.files import read_bounded
from hostcore.parts import runtime as runtime_of
from hostcore.plugin.gate import host_gate
from hostcore.recording.model import Header, Recording
from hostcore.replay.prepared import prepared_of
from hostcore.runtime.compiling.source import examine
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin_file import MAX_SOURCE
from hostcore.runtime.prepared import Prepared
from hostcore.workshop import Progress, Workshop


@contextmanager
def replay_runtime(config: Config, progress: Progress, warn: Callable[[str], None]) -> Iterator[Runtime]:
    """Make a context with a runtime that has no bus and no output.

    Args:
        config: the settings.
        progress: takes the progress of compiling.
        warn: takes one line for a person.
    """
    clock = RealClock()
    buses = Buses({}, clock)
    outputs = Actuators(None, (), buses=buses, host=host_gate(buses, lambda _event: None), publish=lambda _event: None)
    runtime = runtime_of(config, clock, buses, Workshop(progress), outputs, warn=warn)
    try:
        yield runtime
    finally:
        runtime.close()


def version_of(runtime: Runtime, recording: Recording, changed: Path | None, component: Path | None) -> Prepared:
    """Prepare the recorded plugin, or another version of it. Blocks while it compiles.

    Args:
        runtime: runs it.
        recording: the recording.
        changed: the file of another version; None for the recorded one.
        component: the file of a plugin that is a component.

    Raises:
        HostError: a file cannot be read, or is not what is recorded.
    """
    source = None if changed is None else _source(changed)
    return prepared_of(runtime, recording.header, component=component, source=source)


def component_of(config: Config, header: Header) -> Path | None:
    """Find the recorded component among the plugins of this computer. Blocks while it reads their files.

    Args:
        config: the settings, which say where plugins are.
        header: of the recording.

    Returns:
        Its file; None if the plugin is no component, or this one is not here.
    """
    if header.source is not None:
        return None
    named = (table.path for table in config.plugins if table.name == header.plugin and table.path is not None)
    for path in (*named, config.host.plugins_folder / Path(header.file).name):
        with suppress(PluginFileError):
            if examine(header.plugin, path, lambda: False).sha256 == header.component:
                return path
    return None


def _source(file: Path) -> str:
    try:
        return read_bounded(file, MAX_SOURCE).decode("utf-8-sig")
    except OSError as error:
        raise RecordingError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RecordingError(f"{file} is not UTF-8 text (byte {error.start})") from None
