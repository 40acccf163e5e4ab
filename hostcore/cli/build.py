"""``wasi-host build``: turns a Python plugin into a stand-alone component."""

from __future__ import annotations

import signal
from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import find_and_load
from hostcore.errors import PluginFileError
from hostcore.files import make_folder, read_bounded
from hostcore.libraries.libraries import Libraries, libraries_for
from hostcore.reload.discovery import find_plugins
from hostcore.runtime.component_builder import seal
from hostcore.runtime.embedded import embedded
from hostcore.runtime.loader import METADATA
from hostcore.runtime.plugin_file import MAX_SOURCE
from hostcore.runtime.wheel_folder import wheel_store
from hostcore.workshop import Workshop


def build(config_file: Path | None, name: str, output: Path | None) -> int:
    """Build a component from the plugin `name`, or from the .py file at this path. Blocks for some seconds.

    Args:
        config_file: the settings file that the person named, if any.
        name: the plugin's name, or the path of a .py file.
        output: the file to write; by default NAME.wasm in the folder build.

    Returns:
        0.

    Raises:
        HostError: there is no such plugin, or it cannot be built.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as after Ctrl-C, unfinished files are removed
    source = Path(name) if name.endswith(".py") else _source_of(config_file, name)
    target = output or Path("build") / f"{source.stem}.wasm"
    try:
        make_folder(target.parent, 0o777)
    except OSError as error:
        raise PluginFileError(source.stem, f"cannot make the folder {target.parent}: {error.strerror}") from None
    seal(source, target, Workshop(TerminalProgress()), embedded(_libraries_of(source, config_file)))
    say(f"{target}: {target.stat().st_size / 1e6:.1f} MB; copy it into a plugins folder in place of {source.name}")
    return 0


def _libraries_of(source: Path, config_file: Path | None) -> Libraries | None:
    """Return the libraries that the plugin's metadata names. Raises PluginFileError if they are not here."""
    try:
        text = read_bounded(source, MAX_SOURCE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None  # sealing says so
    if METADATA not in text:
        return None
    return libraries_for(str(source), source, text, wheel_store(find_and_load(config_file)))


def _source_of(config_file: Path | None, name: str) -> Path:
    plugins = find_plugins(find_and_load(config_file))
    for plugin in plugins:
        if plugin.name == name:
            if plugin.path.suffix != ".py":
                raise PluginFileError(name, f"{plugin.path} is a component already")
            return plugin.path
    known = ", ".join(plugin.name for plugin in plugins) or "none"
    raise PluginFileError(name, f"no such plugin; there are: {known}. You can also give the path of a .py file")
