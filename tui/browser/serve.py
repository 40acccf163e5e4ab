"""``wasi-host screen --web``: shows the screen of a host in browsers, and runs the host if there is none."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.cli.front_ends import front_ends_of
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import end_by_signals, run_host, wait_for_signal
from hostcore.cli.statuses import ExitStatus
from hostcore.cli.web import WebOptions
from hostcore.config.loading import find_and_load
from hostcore.config.web import WebSettings
from hostcore.control.attaching import attach
from hostcore.control.holder import only_host, present_holder
from hostcore.control.remote_session import RemoteSession
from hostcore.control.ssh import attached_over_ssh
from hostcore.errors import HostError
from hostcore.events import Event, LogWritten
from hostcore.extras import install_command
from hostcore.host import Host
from hostcore.log.log_file import format_text
from hostcore.quick_dataclass import replace
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
    _require_libraries()
    ending = end_by_signals()
    progress = TerminalProgress()
    config = find_and_load(config_file)
    settings = with_token(options.over(config.web))
    remark = None if config.web.token else "set your own in [web] of host.toml"
    wait = partial(_wait, progress, settings, remark)
    holder = present_holder(config.path)
    if holder is not None:
        other, opened = attach(config.path, holder), attaching(config.path, read_only)
        return _serve_other(other, settings, progress.line, wait, opened, read_only=read_only)
    host = Host(config, progress=progress)
    with only_host(host.facts) as warnings:
        screens = _screens(host.facts.host_name, attaching(config.path, read_only), progress.line)
        context = _screens_of(host, settings, warnings, screens, read_only=read_only)
        return run_host(host, context, lambda: wait(host.facts.web_address), ending, progress)


def serve_on(computer: str, config_file: Path | None, options: WebOptions, *, read_only: bool = False) -> int:
    """Serve the screen of the host on another computer, over ssh, to browsers of this one. Blocks as `serve` does.

    Each screen has an ssh of its own, so keys or an agent should answer for the person.

    Args:
        computer: the computer, as ssh takes it. A host runs there.
        config_file: the settings file there; None for the usual one. Its web settings do not count here.
        options: the web settings of the command line.
        read_only: whether the person wants a screen that only looks.

    Returns:
        0.

    Raises:
        HostError: a library is missing, the web cannot listen, or the host cannot be reached.
    """
    _require_libraries()
    end_by_signals()
    progress = TerminalProgress()
    settings = with_token(options.over(WebSettings()))
    wait = partial(_wait, progress, settings, "it ends with this command")
    opened = attaching_over_ssh(computer, config_file, read_only)
    with attached_over_ssh(computer, config_file) as session:
        return _serve_other(session, settings, progress.line, wait, opened, read_only=read_only)


def _require_libraries() -> None:
    if find_spec("aiohttp") is None:
        raise HostError(f"the screen in a browser needs aiohttp: {install_command('screen-web')}")


def _wait(progress: TerminalProgress, settings: WebSettings, remark: str | None, address: str) -> None:
    """Say where the screen is, and its token if that was made for this run, and wait for a signal."""
    progress.line(f"wasi-host: the screen is at {address}screen")
    if remark:
        progress.line(f"wasi-host: its token for this run is {settings.token}; {remark}")
    wait_for_signal()


def attaching_over_ssh(computer: str, config_file: Path | None, read_only: bool) -> Callable[[], Opened]:
    """Return what opens a session of the host on another computer, for one screen."""
    from tui.browser.screens import Opened  # noqa: PLC0415 - see `attaching`

    def opened() -> Opened:
        connection = ExitStack()
        session = connection.enter_context(attached_over_ssh(computer, config_file, unwanted=NOT_SHOWN))
        return Opened(as_wanted(session, read_only=read_only), session.start, connection.close, is_remote=True)

    return opened


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
    host: Host, settings: WebSettings, warnings: Sequence[str], screens: Screens, *, read_only: bool
) -> Iterator[Callable[[], None]]:
    """Make a context in which the host has its web, and the web has the host's screens. Yields what starts the host."""
    with front_ends_of(host, settings, warnings, screens.routes(), read_only=read_only) as start:
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
    *,
    read_only: bool,
) -> int:
    """Serve the screens of a host in another process, which goes on when this ends."""
    screens = _screens(session.facts.host_name, opened, tell)

    def publish(event: Event) -> None:
        if isinstance(event, LogWritten):
            tell(format_text(event))

    server = open_web(as_wanted(session, read_only=read_only), settings, publish, screens.routes())
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
