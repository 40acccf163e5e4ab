"""``wasi-host compile``: compiles a component ahead of time, for this computer or for another kind of computer."""

from __future__ import annotations

import signal
from pathlib import Path

from hostcore.cli.lines import say
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.errors import CacheError, PluginFileError
from hostcore.files import make_folder
from hostcore.runtime.compiling.ahead import path_beside, sha256_of_file
from hostcore.runtime.compiling.compiler import Compiler
from hostcore.runtime.compiling.elsewhere import MACHINES, Elsewhere, this_machine
from hostcore.runtime.compiling.own_files import own_folder
from hostcore.runtime.compiling.source import ComponentFile, examine
from hostcore.workshop import Workshop


def compile_file(config_file: Path | None, component: Path, output: Path | None, machine: str | None) -> int:
    """Compile a component. Blocks for seconds, and for minutes if it is for another kind of computer.

    Args:
        config_file: the settings file that the person named, if any.
        component: the .wasm.
        output: the file to write; by default NAME.MACHINE.cwasm beside the component.
        machine: the kind of computer, one of `MACHINES`; None for that of this computer.

    Returns:
        0.

    Raises:
        HostError: it is no component, or it cannot be compiled.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as after Ctrl-C, unfinished files are removed
    name = component.stem
    if component.suffix == ".py":
        raise PluginFileError(name, f"{component} is Python, which needs no compiling; wasi-host build seals it first")
    source = examine(name, component, lambda: False)
    kind = machine or this_machine()
    target = output or path_beside(component, kind)
    try:
        make_folder(target.parent, 0o777)
    except OSError as error:
        raise PluginFileError(name, f"cannot make the folder {target.parent}: {error.strerror}") from None
    _compile(find_and_load(config_file), source, target, kind)
    target.chmod(0o644)
    say(f"{target}: {target.stat().st_size / 1e6:.1f} MB, for {kind} and this version of wasmtime")
    say(f"To use it, put it beside {component.name} as {path_beside(Path(component.name), kind)},")
    say(f"and add this line to [plugins.{name}] of host.toml there:")
    say(f'compiled_sha256 = "{sha256_of_file(target)}"')
    return 0


def _compile(config: Config, source: ComponentFile, target: Path, kind: str) -> None:
    if config.host.cache_folder is None:
        raise CacheError("no home folder is known for compiled components; set cache_folder in [host] of host.toml")
    folder, workshop = own_folder(config.host.cache_folder), Workshop(TerminalProgress())
    if kind == this_machine():
        Compiler(folder, workshop, config.compiling).compile(source, target.absolute(), keep_names=False)
    else:
        Elsewhere(MACHINES[kind], folder / f"for-{kind}", workshop).compile(source.path, target, keep_names=False)
