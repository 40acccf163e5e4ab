"""``wasi-host completion``: prints the script by which a shell completes the command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import shtab

from hostcore.cli import offered
from hostcore.cli.offered import Names

Offer = dict[str, Any]
"""What each shell offers for an argument, in the form of shtab."""


def print_script(parser: argparse.ArgumentParser, shell: str) -> int:
    """Print the completion script for `shell`.

    Args:
        parser: the command's.
        shell: ``bash``, ``zsh`` or ``fish``.

    Returns:
        0.
    """
    print(script(parser, shell))
    return 0


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the completion script for `shell`. It offers what the type of each argument says."""
    for action in _actions(parser):
        offer = _OFFERS.get(action.type) if callable(action.type) else None
        if offer is not None:
            action.complete = offer  # type: ignore[attr-defined]  # shtab looks for it there
    return shtab.complete(parser, shell)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Return the arguments of the command and of all its subcommands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _actions(each)


def _offer(names: Names) -> Offer:
    """Offer names, which the command itself tells when a person presses Tab. It gets the line, for its --config."""

    def told(line: str) -> str:
        return f"wasi-host completion {names} --line {line} 2>/dev/null"

    function = f"_wasi_host_{names.replace('-', '_')}"
    bash, zsh = told('"$COMP_LINE"'), told('"$BUFFER"')
    return {
        "bash": function,
        "zsh": function,
        "fish": f"({told('(commandline -cp | string collect)')})",
        "preamble": {
            "bash": f'{function}() {{\n  compgen -W "$({bash})" -- "$1"\n}}',
            "zsh": f'{function}() {{\n  compadd -- ${{(f)"$({zsh})"}}\n}}',
        },
    }


def _offer_plugins_and_files() -> Offer:
    plugins = _offer(Names.PLUGINS)
    function = f"{plugins['bash']}_or_files"  # shtab's script treats what a function with "_files" offers as files
    bash = f'{plugins["preamble"]["bash"]}\n{function}() {{\n  {plugins["bash"]} "$1"\n  compgen -f -- "$1"\n}}'
    zsh = f"{plugins['preamble']['zsh']}\n{function}() {{\n  {plugins['zsh']}\n  _files\n}}"
    return {
        "bash": function,
        "zsh": function,
        "fish": f"{plugins['fish']} {shtab.FILE['fish']}",
        "preamble": {"bash": bash, "zsh": zsh},
    }


_OFFERS: Mapping[Callable[[str], Any], Offer] = MappingProxyType(
    {
        Path: shtab.FILE,
        offered.file_or_dash: shtab.FILE,
        offered.folder: shtab.DIRECTORY,
        offered.plugin: _offer(Names.PLUGINS),
        offered.plugin_or_file: _offer_plugins_and_files(),
        offered.bus: _offer(Names.BUSES),
        offered.i2c_bus: _offer(Names.I2C_BUSES),
        offered.chip: _offer(Names.CHIPS),
        offered.reading: _offer(Names.READINGS),
        offered.relay: _offer(Names.RELAYS),
        offered.color: _offer(Names.COLORS),
    }
)
