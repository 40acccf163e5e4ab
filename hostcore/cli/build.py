"""``wasi-host build``: a Python plugin becomes a stand-alone component."""

from __future__ import annotations

import signal
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import find_config, load_config
from hostcore.errors import PluginFileError
from hostcore.reload.discovery import find_plugins
from hostcore.runtime.component_builder import seal
from hostcore.workshop import Workshop


def build(config_file: Path | None, name: str, output: Path | None) -> int:
    """Seal the plugin `name` (or the .py at that path) into `output`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as after Ctrl-C, what has begun is taken away
    source = Path(name) if name.endswith(".py") else _source_of(config_file, name)
    target = output or Path("build") / f"{source.stem}.wasm"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PluginFileError(source.stem, f"cannot make the folder {target.parent}: {error.strerror}") from None
    seal(source, target, Workshop(TerminalProgress()))
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB; copy it into a plugins folder in place of {source.name}")
    return 0


def _source_of(config_file: Path | None, name: str) -> Path:
    plugins = find_plugins(load_config(find_config(config_file, Path.cwd())))
    for plugin in plugins:
        if plugin.name == name:
            if plugin.path.suffix != ".py":
                raise PluginFileError(name, f"{plugin.path} is a component already")
            return plugin.path
    known = ", ".join(plugin.name for plugin in plugins) or "none"
    raise PluginFileError(name, f"no such plugin; there are: {known}. Or give the path of a .py")
