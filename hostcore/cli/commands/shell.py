"""Commands for the shell."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands
from hostcore.cli.offered import Names

SHELLS = ("bash", "zsh", "fish")
"""The shells that the command knows."""
_WORDS = (*SHELLS, *map(str, Names))
"""What can be printed. Plain texts, because argparse shows the `repr` of each if a person names another one."""


def add(commands: Commands) -> None:
    """Add the commands."""
    completion = commands.add_parser(
        "completion",
        help="print the script that completes wasi-host in your shell",
        description='Print the completion script of a shell: eval "$(wasi-host completion bash)" in ~/.bashrc, '
        'eval "$(wasi-host completion zsh)" in ~/.zshrc after compinit, or wasi-host completion fish > '
        "~/.config/fish/completions/wasi-host.fish. The other words print the names that these scripts offer.",
    )
    completion.add_argument("what", choices=_WORDS, metavar="SHELL", help=", ".join(_WORDS))
    completion.add_argument(
        "--line", default="", metavar="TEXT", help="what is typed so far; its --config chooses the names (for scripts)"
    )
    completion.set_defaults(command=_completion)


def _completion(options: argparse.Namespace) -> int:
    from hostcore.cli.completion import print_script  # noqa: PLC0415

    if options.what in SHELLS:
        return print_script(options.parser, options.what)
    from hostcore.cli.offered_names import config_in, print_names  # noqa: PLC0415

    return print_names(options.config or config_in(options.line), Names(options.what))
