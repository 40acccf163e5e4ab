"""``wasi-host run``: runs the plugins without a screen, and prints one JSON line per round."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.cli.front_ends import front_ends_of
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.cli.running import about_buses, end_by_signals, run_host, taken
from hostcore.cli.serviced import progress_for, serviced
from hostcore.cli.web import WebOptions
from hostcore.clock import RealClock
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.holder import only_host
from hostcore.errors import HostError
from hostcore.events import HOST, Event, EventsDropped, Level, LogWritten, RoundCompleted
from hostcore.events.stream import Subscription
from hostcore.host import Host
from hostcore.log.log_file import format_json, format_text, levels_from
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass, replace
from hostcore.service.journal_entries import KINDS

if TYPE_CHECKING:
    from hostcore.service.notify import Manager


@dataclass(frozen=True, slots=True)
class Output:
    """What a run prints, and where."""

    rounds: int | None = None
    """The number of rounds to print, from 1 on; None for no end."""
    pretty: bool = False
    """Print the JSON indented."""
    log: Path | None = None
    """The file that gets the log in place of standard error; None for those of host.toml."""


def run(config_file: Path | None, output: Output, web: WebOptions) -> int:
    """Run until all rounds are printed or a signal comes.

    Args:
        config_file: the settings file that the person named, if any.
        output: what to print, and where.
        web: the web settings of the command line.

    Returns:
        0; 1 if all rounds were printed, but a plugin's file could not be used.

    Raises:
        HostError: the host cannot start, a number of rounds is given and there is no plugin, or a host runs with these
            settings already.
    """
    manager = _manager()
    ending = end_by_signals()
    config = find_and_load(config_file)
    if output.log is not None:
        config = replace(config, log_file=output.log.absolute())
    progress = TerminalProgress()
    host = Host(config, progress=progress_for(manager, progress))
    events = host.stream.subscribe(RoundCompleted, *KINDS)
    tell = _log_of(config, progress)
    shown = levels_from(config.host.log_level) if output.log is None else frozenset()

    def show(event: Event) -> None:
        if not isinstance(event, LogWritten) or event.level in shown:
            tell(event)

    if not host.has_plugins and output.rounds is not None:
        raise HostError(
            f"there is no plugin to run: {config.host.plugins_folder} has none, or {config.path} has enabled = false "
            "for each of them"
        )
    with only_host(host.facts) as warnings:
        for text in about_buses(host.facts.buses):  # at every log_level: simulated readings must not pass for real ones
            tell(LogWritten(host.clock.wall_ns(), HOST, Level.WARNING, log_line(text), by_host=True))
        served = front_ends_of(host, web.over(config.web), warnings)
        told = serviced(host, served, manager)
        return run_host(host, told, lambda: _print_events(events, output, show), ending, progress)


def _manager() -> Manager | None:
    """Return the manager that started this process, if there is one."""
    if "NOTIFY_SOCKET" not in os.environ:
        return None
    from hostcore.service.notify import manager_of  # noqa: PLC0415 - not in a terminal

    return manager_of(os.environ)


def _log_of(config: Config, progress: TerminalProgress) -> Callable[[Event], None]:
    """Return what takes the log: the journal if standard error leads there, and otherwise standard error."""
    if "JOURNAL_STREAM" in os.environ:
        from hostcore.service.journal import journal_of  # noqa: PLC0415 - not in a terminal

        if journal := journal_of(os.environ, RealClock()):
            return journal.write
    form = format_json if config.log.format == "json" else format_text

    def tell(event: Event) -> None:
        if isinstance(event, LogWritten):
            progress.line(form(event))

    return tell


def _print_events(events: Subscription, output: Output, show: Callable[[Event], None]) -> None:
    while True:
        for item in taken(events):
            event = item.event
            if isinstance(event, EventsDropped):
                text = f"{event.count} lines and rounds were not printed"
                show(LogWritten(event.time_ns, HOST, Level.WARNING, text, by_host=True))
            elif isinstance(event, RoundCompleted):
                print(json.dumps(event.readings, indent=2) if output.pretty else event.text, flush=True)
                if output.rounds is not None and event.number >= output.rounds:  # the round itself may be dropped
                    return
            else:
                show(event)
