"""Files of the command for the system's folders, made when a package is built: the man page, and completion scripts."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from argparse_manpage.manpage import Manpage

from hostcore import __version__
from hostcore.cli.completion import script
from hostcore.cli.statuses import MEANINGS

COMPLETIONS = {
    "bash": "bash-completion/completions/wasi-host",
    "zsh": "zsh/site-functions/_wasi-host",
    "fish": "fish/vendor_completions.d/wasi-host.fish",
}
"""Where each shell looks for the completion script, below ``share``."""
MAN_PAGE = "man/man1/wasi-host.1"
"""Where man looks for the page, below ``share``."""


def files(parser: argparse.ArgumentParser, built_s: int) -> Iterator[tuple[str, str]]:
    """Yield the path of each file below ``share``, and its content.

    Args:
        parser: the command's.
        built_s: when the package is built, in seconds since 1970, for the man page.
    """
    yield MAN_PAGE, man_page(parser, built_s)
    for shell, path in COMPLETIONS.items():
        yield path, script(parser, shell)


def man_page(parser: argparse.ArgumentParser, built_s: int) -> str:
    """Return the man page of section 1."""
    epilog, parser.epilog = parser.epilog, None  # it lists the exit statuses, which get a section of their own
    try:
        page = Manpage(
            parser,
            {
                "project_name": "wasi-host",
                "version": __version__,
                "date": time.strftime("%Y-%m-%d", time.gmtime(built_s)),
                "description": "run and debug sensor drivers, each in a WebAssembly sandbox",
                "manual_title": "User Commands",
            },
            format="single-commands-section",
        )
        page.add_section("EXIT STATUS", "=", "\n".join(_statuses()))
        return str(page)
    finally:
        parser.epilog = epilog


def _statuses() -> Iterator[str]:
    for status, meaning in MEANINGS.items():
        yield from (".TP", rf"\fB{status}\fR", meaning.replace("-", r"\-"))
