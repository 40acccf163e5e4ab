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

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": HelpFormatter, **options})


def _columns() -> int:
    """Return the width of the terminal, as `shutil.get_terminal_size` does."""
    try:
        if (columns := int(os.environ.get("COLUMNS", "0"))) > 0:
            return columns
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80 if sys.__stdout__ else 80
    except (ValueError, OSError):
        return 80
