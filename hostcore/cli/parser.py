"""A parser of command lines that loads nothing which only its help needs."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any


class HelpFormatter(argparse.HelpFormatter):
    """Formats help for the width of the terminal.

    argparse makes a formatter for each option, and would ask `shutil` for the width, which loads compression for that.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


class RawHelpFormatter(HelpFormatter, argparse.RawDescriptionHelpFormatter):
    """The same for a description with lines of its own."""


class Parser(argparse.ArgumentParser):
    """A parser, also for each subcommand."""

    default_command = ""
    """The subcommand that is meant if the first argument is none; "" if a person has to name one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": HelpFormatter, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Do the same as argparse, with `default_command`."""
        if self.default_command and not (args and args[0] in self._first_words):
            args = [self.default_command, *(args or ())]
        return super().parse_known_args(args, namespace)

    @property
    def _first_words(self) -> set[str]:
        commands = (each.choices for each in self._actions if isinstance(each, argparse._SubParsersAction))
        return {"-h", "--help"}.union(*commands)


def _columns() -> int:
    """Return the width of the terminal, as `shutil.get_terminal_size` does."""
    try:
        if (columns := int(os.environ.get("COLUMNS", "0"))) > 0:
            return columns
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80 if sys.__stdout__ else 80
    except (ValueError, OSError):
        return 80
