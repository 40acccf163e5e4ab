"""The command ``wasi-host``: the screen, and without a screen what `hostcore.cli.main` does."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from hostcore.cli import main as cli

NO_TERMINAL = 2
"""The exit status where there is nothing to draw on."""


def main() -> int:
    """Run the command; returns its exit status."""
    return cli.main(screen=_screen)


def _screen(config_file: Path | None) -> int:
    """Show a host's screen until a person leaves it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("wasi-host: the screen needs a terminal; without one: wasi-host run (--help tells more)", file=sys.stderr)
        return NO_TERMINAL
    # Nothing of what is imported ever goes again: looking for it would only delay the first frame, which ends this.
    gc.disable()
    from hostcore.cli.web import web_of  # noqa: PLC0415 - what other commands do without
    from hostcore.config.loading import find_config, load_config  # noqa: PLC0415
    from hostcore.host import Host  # noqa: PLC0415
    from tui.app import run  # noqa: PLC0415
    from tui.work_line import Work  # noqa: PLC0415

    work = Work()
    host = Host(load_config(find_config(config_file, Path.cwd())), progress=work)
    try:
        with web_of(host, host.config.web) as start:
            return run(host, start, work)
    finally:
        host.stop()


if __name__ == "__main__":
    sys.exit(main())
