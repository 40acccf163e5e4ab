"""``wasi-host screen --web``: runs a host, and shows its screen in browsers."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import end_by_signals, run_host
from hostcore.cli.web import WebOptions, web_of
from hostcore.config.loading import find_config, load_config
from hostcore.config.web import WebSettings
from hostcore.control.holder import only_host
from hostcore.errors import HostError
from hostcore.host import Host
from hostcore.read_only import as_wanted

TOKEN_BYTES = 16
"""Random bytes of a token that is made for one run."""


def serve(config_file: Path | None, options: WebOptions, *, read_only: bool = False) -> int:
    """Run a host, and serve its screen with its web. Blocks until a signal ends it.

    Args:
        config_file: the settings file that the person named, if any.
        options: the web settings of the command line.
        read_only: whether the person wants a screen that only looks. The settings may want it, too.

    Returns:
        0.

    Raises:
        HostError: a library is missing, the web cannot listen, the host cannot start, or one runs already.
    """
    ending = end_by_signals()
    progress = TerminalProgress()
    config = load_config(find_config(config_file, Path.cwd()))
    host = Host(config, progress=progress)
    settings = with_token(options.over(config.web))
    with only_host(host.facts) as warnings:
        context = _screens_of(host, settings, warnings, progress.line, read_only=read_only)

        def wait() -> None:
            progress.line(f"wasi-host: the screen is at {host.facts.web_address}screen")
            if config.web.token is None:
                progress.line(
                    f"wasi-host: its token for this run is {settings.token}; set your own in [web] of host.toml"
                )
            threading.Event().wait()

        return run_host(host, context, wait, ending, progress)


def with_token(settings: WebSettings) -> WebSettings:
    """Return the settings with the web on, and with a token: a screen in a browser always needs one.

    On this machine alone, the web needs no token. But the screen can grant permissions and write to chips, and every
    user of the machine can reach its port.
    """
    return replace(settings, enabled=True, token=settings.token or secrets.token_hex(TOKEN_BYTES))


@contextmanager
def _screens_of(
    host: Host, settings: WebSettings, warnings: Sequence[str], tell: Callable[[str], None], *, read_only: bool
) -> Iterator[Callable[[], None]]:
    """Make a context in which the host has its web, and the web has the host's screens. Yields what starts the host."""
    try:
        from tui.browser.screens import Screens  # noqa: PLC0415 - it needs aiohttp, which may not be installed
    except ModuleNotFoundError as missing:
        if missing.name != "aiohttp":
            raise
        raise HostError("the screen in a browser needs aiohttp: pip install 'wasi-python-host[screen-web]'") from None
    screens = Screens(as_wanted(host, read_only=read_only), tell)
    with web_of(host, settings, warnings, screens.routes()) as start:
        try:
            yield start
        finally:
            screens.stop()
