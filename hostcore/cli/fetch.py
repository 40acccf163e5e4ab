"""``wasi-host fetch``: fetches the libraries that plugins name in their metadata."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.errors import LibraryError, PluginFileError
from hostcore.libraries.bundle import export_libraries, import_libraries
from hostcore.libraries.fetch import fetch_libraries, plugin_metadata
from hostcore.libraries.lock import Lock, lock_path
from hostcore.libraries.store import WheelStore
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass
from hostcore.reload.discovery import find_plugins
from hostcore.runtime.wheel_folder import wheel_store
from hostcore.workshop import Workshop


@dataclass(frozen=True)
class Options:
    """How to fetch."""

    upgrade: bool = False
    """Whether to choose the newest versions, even if the lock fits."""
    export_to: Path | None = None
    """The folder to write fetched libraries to."""
    import_from: Path | None = None
    """The folder to take the libraries from, without the network."""


@dataclass(frozen=True)
class _Plugin:
    name: str
    """As the person names it: its name, or the path of its file."""
    path: Path


def fetch(config_file: Path | None, name: str | None, options: Options) -> int:
    """Fetch the libraries of a plugin, of a .py file, or of all plugins that name some. Blocks until it is done.

    Args:
        config_file: the settings file that the person named, if any.
        name: the plugin's name, or the path of a .py file; None for all plugins.
        options: how.

    Returns:
        0; 1 if the libraries of one of several plugins could not be fetched.

    Raises:
        HostError: there is no such plugin, or its libraries cannot be fetched.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as after Ctrl-C, unfinished files are removed
    config = find_and_load(config_file)
    progress = TerminalProgress()
    work = _work(options, wheel_store(config), progress)
    if name is not None:
        _tell(_one(config, name), work, options)
        return 0
    plugins = _with_libraries(config)
    if not plugins:
        print("No plugin names libraries.")
    status = 0
    for plugin in plugins:
        try:
            _tell(plugin, work, options)
        except LibraryError as error:
            progress.line(f"wasi-host: {log_line(str(error), 2000)}")
            status = 1
    return status


def _work(options: Options, store: WheelStore, progress: TerminalProgress) -> Callable[[_Plugin], Lock]:
    """Return what to do for each plugin."""
    workshop = Workshop(progress)
    if options.export_to is not None:
        target = options.export_to
        return lambda plugin: export_libraries(plugin.name, plugin.path, store, target)
    if options.import_from is not None:
        source = options.import_from
        return lambda plugin: import_libraries(plugin.path, store, source)
    return lambda plugin: fetch_libraries(
        plugin.name,
        plugin.path,
        store,
        workshop,
        lambda line: progress.line(f"wasi-host: {plugin.path.name}: {log_line(line, 1000)}"),
        upgrade=options.upgrade,
    )


def _tell(plugin: _Plugin, work: Callable[[_Plugin], Lock], options: Options) -> None:
    lock, place = work(plugin), lock_path(plugin.path)
    if options.export_to is not None:
        place = options.export_to / place.name
    listed = ", ".join(log_line(f"{each.name} {each.version}", 100) for each in lock.packages)
    size = sum(each.size or 0 for each in lock.packages) / 1000
    say(f"{place}: {f'{listed} ({size:,.0f} kB)' if listed else 'the sandbox has all of them'}")
    sys.stdout.flush()


def _one(config: Config, name: str) -> _Plugin:
    if name.endswith(".py"):
        return _Plugin(name, Path(name))  # as messages name it in a command to run
    plugins = find_plugins(config)
    for plugin in plugins:
        if plugin.name == name:
            if plugin.path.suffix != ".py":
                raise PluginFileError(name, f"{plugin.path} is a component, which contains its libraries")
            return _Plugin(name, plugin.path)
    known = ", ".join(plugin.name for plugin in plugins) or "none"
    raise PluginFileError(name, f"no such plugin; there are: {known}. You can also give the path of a .py file")


def _with_libraries(config: Config) -> list[_Plugin]:
    """Return the plugins that name libraries. A plugin with wrong metadata counts, so that it is told.

    A plugin of host.toml that has no file is left out: the host tells of it when it starts.
    """
    found = []
    for plugin in find_plugins(config):
        if plugin.path.suffix != ".py" or not plugin.path.exists():
            continue
        try:
            metadata = plugin_metadata(plugin.path)
        except LibraryError:
            found.append(_Plugin(plugin.name, plugin.path))
            continue
        if metadata is not None and metadata.dependencies:
            found.append(_Plugin(plugin.name, plugin.path))
    return found
