"""``wasi-host screen --web``: shows the screen of a host in browsers, and runs the host if there is none."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import end_by_signals, run_host
from hostcore.cli.statuses import ExitStatus
from hostcore.cli.web import WebOptions, web_of
from hostcore.config.loading import find_and_load
from hostcore.config.web import WebSettings
from hostcore.control.attaching import attach
from hostcore.control.holder import only_host, present_holder
from hostcore.control.remote_session import RemoteSession
from hostcore.errors import HostError
from hostcore.events import Event, LogWritten
from hostcore.host import Host
from hostcore.log.log_file import format_text
from hostcore.read_only import as_wanted
from hostcore.web import open_web
from tui.attached import NOT_SHOWN

if TYPE_CHECKING:
    from tui.browser.screens import Opened, Screens

TOKEN_BYTES = 16
"""Random bytes of a token that is made for one run."""


def serve(config_file: Path | None, options: WebOptions, *, read_only: bool = False) -> int:
    """Serve the screen of the host with these settings. If none runs, run one. Blocks until a signal ends it.

    Args:
        config_file: the settings file that the person named, if any.
        options: the web settings of the command line.
        read_only: whether the person wants a screen that only looks. The settings may want it, too.

    Returns:
        0.

    Raises:
        HostError: a library is missing, the web cannot listen, or the host cannot start.
    """
    if find_spec("aiohttp") is None:
        raise HostError("the screen in a browser needs aiohttp: pip install 'wasi-python-host[screen-web]'")
    ending = end_by_signals()
    progress = TerminalProgress()
    config = find_and_load(config_file)
    settings = with_token(options.over(config.web))

    def wait(address: str) -> None:
        progress.line(f"wasi-host: the screen is at {address}screen")
        if config.web.token is None:
            progress.line(f"wasi-host: its token for this run is {settings.token}; set your own in [web] of host.toml")
        threading.Event().wait()

    holder = present_holder(config.path)
    if holder is not None:
        return _serve_other(
            attach(config.path, holder), settings, progress.line, wait, attaching(config.path, read_only)
        )
    host = Host(config, progress=progress)
    with only_host(host.facts) as warnings:
        screens = _screens(host.facts.host_name, attaching(config.path, read_only), progress.line)
        context = _screens_of(host, settings, warnings, screens)
        return run_host(host, context, lambda: wait(host.facts.web_address), ending, progress)


def attaching(config: Path, read_only: bool) -> Callable[[], Opened]:
    """Return what opens a session of the host with these settings, for one screen: it gets the earlier events, too."""
    from tui.browser.screens import Opened  # noqa: PLC0415 - it needs aiohttp, which may not be installed

    def opened() -> Opened:
        holder = present_holder(config)
        if holder is None:
            raise HostError("the host does not run any more")
        session = attach(config, holder, unwanted=NOT_SHOWN)
        return Opened(as_wanted(session, read_only=read_only), session.start, session.stop, is_remote=True)

    return opened


def with_token(settings: WebSettings) -> WebSettings:
    """Return the settings with the web on, and with a token: a screen in a browser always needs one.

    On this machine alone, the web needs no token. But the screen can grant permissions and write to chips, and every
    user of the machine can reach its port.
    """
    return replace(settings, enabled=True, token=settings.token or secrets.token_hex(TOKEN_BYTES))


def _screens(machine: str, opened: Callable[[], Opened], tell: Callable[[str], None]) -> Screens:
    from tui.browser.screens import Screens  # noqa: PLC0415 - see `attaching`

    return Screens(machine, opened, tell)


@contextmanager
def _screens_of(
    host: Host, settings: WebSettings, warnings: Sequence[str], screens: Screens
) -> Iterator[Callable[[], None]]:
    """Make a context in which the host has its web, and the web has the host's screens. Yields what starts the host."""
    with web_of(host, settings, warnings, screens.routes()) as start:
        try:
            yield start
        finally:
            screens.stop()


def _serve_other(
    session: RemoteSession,
    settings: WebSettings,
    tell: Callable[[str], None],
    wait: Callable[[str], None],
    opened: Callable[[], Opened],
) -> int:
    """Serve the screens of a host in another process, which goes on when this ends."""
    screens = _screens(session.facts.host_name, opened, tell)

    def publish(event: Event) -> None:
        if isinstance(event, LogWritten):
            tell(format_text(event))

    server = open_web(session, settings, publish, screens.routes())
    try:
        server.start()
        session.start()
        wait(server.address)
    except KeyboardInterrupt:
        pass
    finally:
        screens.stop()
        server.stop()
        session.stop()
    return ExitStatus.DONE
