"""The command ``wasi-host``: the screen, and the subcommands of `hostcore.cli.main`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from hostcore.broker.settings import BrokerSettings
    from hostcore.cli.commands.screens import ScreenOptions
    from hostcore.cli.web import WebOptions
    from hostcore.control.holder import Holder
    from hostcore.stepping.subject import Subject
    from tui.desk import NewDriver
    from tui.opening.app import Opened

NOT_DONE, INTERRUPTED = 2, 130
"""Two of `hostcore.cli.statuses.ExitStatus`. Ctrl+C may come before that can be imported."""


def main() -> int:
    """Run the command, and return its exit status."""
    try:
        from hostcore.cli import main as cli  # noqa: PLC0415 - Ctrl+C may come while this is imported

        return cli.main(screen=cli.Screen(_show, _serve, _show_on, _serve_on, _play, _step, _fleet))
    except KeyboardInterrupt:
        return INTERRUPTED
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        return INTERRUPTED  # Python 3.11 raises this when Ctrl+C comes while a class names its parts


def _show(wanted: ScreenOptions) -> int:
    """Show a host's screen until the person leaves it."""
    if not _prepare():
        return NOT_DONE
    from pathlib import Path  # noqa: PLC0415 - Ctrl+C may come while this is imported

    from hostcore.config.finding import find_config  # noqa: PLC0415 - other commands do without these
    from hostcore.control.holder import present_holder  # noqa: PLC0415
    from hostcore.errors import HostError  # noqa: PLC0415

    config = find_config(wanted.config, Path.cwd())
    try:
        holder = present_holder(config)
    except HostError:
        holder = None  # nobody can tell; the start of a host warns of it
    return _attached(config, holder, wanted) if holder else _own(config, wanted)


def _show_on(computer: str, wanted: ScreenOptions) -> int:
    """Show the screen of the host on another computer, and leave it running."""
    if not _prepare():
        return NOT_DONE
    from hostcore.control.ssh import attached_over_ssh  # noqa: PLC0415 - a screen of this computer does without it
    from tui.attached import NOT_SHOWN  # noqa: PLC0415
    from tui.run import run  # noqa: PLC0415

    with attached_over_ssh(computer, wanted.config, unwanted=NOT_SHOWN) as session:
        return run(session, session.start, remote=session, wanted=wanted)


def _fleet(settings: BrokerSettings, prefix: str, node: str) -> int:
    """Show all nodes of a broker until the person leaves them; or the own screen of one, if it is named."""
    if not _prepare("wasi-host fleet --plain"):
        return NOT_DONE
    if node:
        from tui.fleet.visiting import run_node  # noqa: PLC0415 - a screen of a host does without it

        return run_node(settings, prefix, node)
    from tui.fleet.run import run_fleet  # noqa: PLC0415 - a screen of a host does without it

    return run_fleet(settings, prefix)


def _play(file: Path) -> int:
    """Show a recorded session until the person leaves it."""
    if not _prepare():
        return NOT_DONE
    from hostcore.session_file.played import PlayedSession  # noqa: PLC0415 - a screen of a host does without these
    from hostcore.session_file.reading import SessionFile  # noqa: PLC0415
    from tui.played import PlayedApp  # noqa: PLC0415
    from tui.showing import show  # noqa: PLC0415

    session = PlayedSession(SessionFile(file))
    try:
        return show(PlayedApp(session))
    finally:
        session.close()


def _prepare(otherwise: str = "wasi-host run (--help tells more)") -> bool:
    """Prepare a quick first frame. Return False, and say why, if there is no terminal for it.

    Args:
        otherwise: what to use without one.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(f"wasi-host: the screen needs a terminal; without one: {otherwise}", file=sys.stderr)
        return False
    if os.environ.get("TERM") == "dumb":  # it would show the control sequences as text
        print(
            'wasi-host: this terminal says that it is "dumb" (TERM): it cannot show the screen. Use another one, '
            "or wasi-host run, status and logs -f",
            file=sys.stderr,
        )
        return False
    # Imported modules are never garbage: collecting would only delay the first frame. The app enables it again then.
    gc.disable()
    return True


def _attached(config: Path, holder: Holder, wanted: ScreenOptions) -> int:
    """Show the screen of the host that runs with these settings, and leave it running."""
    from hostcore.control.attaching import attach  # noqa: PLC0415 - a screen of its own host does without it
    from tui.attached import NOT_SHOWN  # noqa: PLC0415
    from tui.run import run  # noqa: PLC0415

    session = attach(config, holder, unwanted=NOT_SHOWN)
    try:
        return run(session, session.start, remote=session, wanted=wanted)
    finally:
        session.stop()


def _own(config: Path, wanted: ScreenOptions) -> int:
    """Run a host, and show its screen. Start it again with the person's own settings as soon as they want that."""
    from pathlib import Path  # noqa: PLC0415 - Ctrl+C may come while this is imported

    from hostcore.config.finding import FILE_NAME  # noqa: PLC0415 - an attached screen does without it

    resumed: list[NewDriver] = []
    status = _run_own(config, wanted, resumed)
    while resumed:
        status = _run_own(Path.cwd() / FILE_NAME, wanted, resumed)
    return status


def _run_own(config: Path, wanted: ScreenOptions, resumed: list[NewDriver]) -> int:
    """Run a host, and show its screen.

    Args:
        config: the settings of the host.
        wanted: the screen that the person wants.
        resumed: the new driver with which the host is started again. It is taken out, and another one put in if the
            person wants the host to be started again.
    """
    from hostcore.cli.preview import real_buses  # noqa: PLC0415 - an attached screen does without these
    from tui.opening.parts import Expected  # noqa: PLC0415
    from tui.opening.run import run_opening  # noqa: PLC0415

    buses = real_buses(config)
    expected = Expected(os.uname().nodename, None if buses is None else tuple(buses.values()))
    driver = resumed.pop() if resumed else None
    with ExitStack() as held:
        make = partial(_made, config, wanted, held)
        return run_opening(make, expected, resumed=driver, start_again=resumed.append)


def _made(config: Path, wanted: ScreenOptions, held: ExitStack) -> Opened:
    """Make a host for a screen that shows its first frame already.

    Args:
        config: the settings of the host.
        wanted: the screen that the person wants.
        held: ends the host when it is closed.
    """
    from hostcore.cli.front_ends import front_ends_of  # noqa: PLC0415 - the first frame should not wait for these
    from hostcore.config.loading import load_config  # noqa: PLC0415
    from hostcore.control.holder import only_host  # noqa: PLC0415
    from hostcore.host import Host  # noqa: PLC0415
    from hostcore.read_only import as_wanted  # noqa: PLC0415
    from tui.opening.app import Opened  # noqa: PLC0415
    from tui.run import remembered  # noqa: PLC0415

    host = Host(load_config(config))
    warnings = held.enter_context(only_host(host.facts))
    held.callback(host.stop)
    start = held.enter_context(front_ends_of(host, host.config.web, warnings))
    session = as_wanted(host, read_only=wanted.read_only)
    return Opened(session, start, *remembered(session, wanted))


def _serve(wanted: ScreenOptions, options: WebOptions) -> int:
    """Show a host's screen in browsers until a signal comes."""
    from tui.browser.serve import serve  # noqa: PLC0415 - other commands do without it

    return serve(wanted.config, options, read_only=wanted.read_only)


def _serve_on(computer: str, wanted: ScreenOptions, options: WebOptions) -> int:
    """Show the screen of the host on another computer in browsers of this one until a signal comes."""
    from tui.browser.serve import serve_on  # noqa: PLC0415 - other commands do without it

    return serve_on(computer, wanted.config, options, read_only=wanted.read_only)


def _step(subject: Subject) -> int:
    """Show the screen on which a person steps through a replay, until they leave it."""
    if not _prepare("wasi-host replay without --step, which prints the calls"):
        return NOT_DONE
    from tui.stepping.run import run_steps  # noqa: PLC0415 - other commands do without it

    return run_steps(subject)


if __name__ == "__main__":
    sys.exit(main())
